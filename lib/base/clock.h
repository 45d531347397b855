// SPDX-License-Identifier: BSD-3-Clause
// The time of a turn, read once at its start.
//
// Peers age by `mono_s`, which never goes back. All clocks of a process start at the same cycle, so they
// agree. One owner per clock: its lcore.

#pragma once

#include <stdint.h>

struct clock {
	uint64_t tsc; // cycle counter at the start of this turn
	uint64_t next_tsc; // when the next second begins
	uint64_t hz; // cycles a second
	uint32_t mono_s; // seconds since start; starts at 1, so that 0 can mean never
};

static inline void
clock_init(struct clock *clock, uint64_t tsc, uint64_t hz)
{
	*clock = (struct clock){.tsc = tsc, .next_tsc = tsc + hz, .hz = hz, .mono_s = 1};
}

// Milliseconds since start at the last tick; starts at 1000, like mono_s at 1.
static inline uint64_t
clock_ms(const struct clock *clock)
{
	uint64_t left = (clock->next_tsc - clock->tsc) * 1000 / clock->hz; // of this second

	return UINT64_C(1000) * clock->mono_s + 1000 - left;
}

// Advances to `tsc`. Divides only if a second has passed.
static inline void
clock_tick(struct clock *clock, uint64_t tsc)
{
	clock->tsc = tsc;
	if (tsc < clock->next_tsc)
		return;
	uint64_t seconds = (tsc - clock->next_tsc) / clock->hz + 1;

	clock->next_tsc += seconds * clock->hz;
	clock->mono_s += (uint32_t)seconds;
}
