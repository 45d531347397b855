// SPDX-License-Identifier: BSD-3-Clause
// What the gateway counts about itself. Each field has one writer; any thread reads, by
// stats_read.

#pragma once

#include "../../lib/stats/stats.h"

#include <stdbool.h>
#include <stdint.h>

enum { OWN_CODES = 600 };

struct own {
	// The thread that speaks HTTP.
	uint64_t requests[OWN_CODES]; // by status of the answer
	uint64_t connections; // open now
	uint64_t connections_cut; // by us, to make room or because they took too long
	// The thread that asks.
	uint64_t questions;
	uint64_t questions_failed;
	uint64_t questions_us; // time all of them took
};

static inline void
own_count_request(struct own *own, unsigned code)
{
	if (code < OWN_CODES)
		stats_add(&own->requests[code], 1);
}

static inline void
own_count_question(struct own *own, bool answered, uint64_t took_us)
{
	stats_add(&own->questions, 1);
	stats_add(&own->questions_failed, !answered);
	stats_add(&own->questions_us, took_us);
}
