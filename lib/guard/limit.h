// SPDX-License-Identifier: BSD-3-Clause
// A token bucket: up to `rate` events a second, and up to `burst` at once. One owner, no sharing.

#pragma once

#include <stdbool.h>
#include <stdint.h>

struct limit {
	uint64_t next_tsc; // when the bucket is full again if no token is taken
	uint64_t cost_tsc; // cycles until one token is refilled
	uint64_t burst_tsc; // cycles until an empty bucket is full
};

// rate in events a second (0: never), burst in events (at least 1), hz in cycles a second.
static inline void
limit_init(struct limit *limit, uint32_t rate, uint32_t burst, uint64_t hz)
{
	limit->next_tsc = rate == 0 ? UINT64_MAX / 2 : 0; // some centuries from now
	limit->cost_tsc = rate == 0 ? 0 : hz / rate + (hz % rate != 0);
	limit->burst_tsc = limit->cost_tsc * (burst == 0 ? 1 : burst);
}

// Takes a token at time `tsc` from the upper `burst_tsc` of the bucket. Returns false if there is none.
static inline bool
limit_take_of(struct limit *limit, uint64_t burst_tsc, uint64_t tsc)
{
	uint64_t from = limit->next_tsc > tsc ? limit->next_tsc : tsc;

	if (from + limit->cost_tsc > tsc + burst_tsc)
		return false;
	limit->next_tsc = from + limit->cost_tsc;
	return true;
}

// Takes a token at time `tsc`. Returns false if there is none.
static inline bool
limit_take(struct limit *limit, uint64_t tsc)
{
	return limit_take_of(limit, limit->burst_tsc, tsc);
}
