// SPDX-License-Identifier: BSD-3-Clause
// Severity of the problems that /weir/health reports: by the share of packets lost in the last minute,
// not by whether any was lost. All thresholds are here.

#pragma once

#include "history.h"

#include <jansson.h>

enum {
	SEVERITY_WARNING_PPM = 1000, // 0.1 % of the packets of the last minute
	SEVERITY_CRITICAL_PPM = 10000, // 1 %
	SEVERITY_LOST_MIN = 10, // fewer lost packets are a notice, whatever their share
};

enum severity { SEVERITY_OK, SEVERITY_NOTICE, SEVERITY_WARNING, SEVERITY_CRITICAL };

// Severity of `lost` packets out of `packets`.
enum severity severity_of_loss(uint64_t lost, uint64_t packets);

// Adds to `whole` "severity" (the worst: ok, notice, warning or critical) and "problems", a list of
// {"check", "severity"}, with "count", "packets" and "age_s" where packets are counted. `health`: the
// reply to /weir/health, or NULL. For the handler thread.
void severity_add(
	json_t *whole,
	const json_t *health,
	const struct history *history,
	const struct history_point *now
);
