// SPDX-License-Identifier: BSD-3-Clause
// How bad it is what /weir/health finds: by how many packets were lost of all within the last minute,
// not by whether there was one. The thresholds are here and nowhere else.

#pragma once

#include "history.h"

#include <jansson.h>

enum {
	SEVERITY_WARNING_PPM = 1000, // 0.1 % of the packets of the last minute
	SEVERITY_CRITICAL_PPM = 10000, // 1 %
	SEVERITY_LOST_MIN = 10, // fewer are a notice, whatever their share of a few packets is
};

enum severity { SEVERITY_OK, SEVERITY_NOTICE, SEVERITY_WARNING, SEVERITY_CRITICAL };

// Of packets that were counted and lost.
enum severity severity_of_loss(uint64_t lost, uint64_t packets);

// Adds to `whole` "severity" (ok, notice, warning, critical: the worst) and "problems", a list of
// {"check", "severity"} and, of what is counted, "count", "packets" and "age_s". `health`: the reply
// of /weir/health, or NULL. The thread that asks.
void severity_add(
	json_t *whole,
	const json_t *health,
	const struct history *history,
	const struct history_point *now
);
