// SPDX-License-Identifier: BSD-3-Clause
// What a plan decides by its random number. For swarm.c, swarm_plan.c and swarm_snapshot.c.

#pragma once

#include "swarm.h"

// All candidates are equally likely, because the first run starts anywhere; both wrap around behind the last
// one. Together with the gap they are shorter than one round, so no candidate is selected twice.
static __rte_always_inline struct swarm_runs
draw_runs(uint64_t random, uint32_t count, uint32_t want)
{
	uint64_t gaps = count - want + 1;
	uint32_t length = (want + 1) / 2;
	uint32_t first = (uint32_t)((uint64_t)(uint32_t)random * count >> 32);
	uint32_t second = first + length + (uint32_t)((uint32_t)(random >> 16) * gaps >> 32);

	return (struct swarm_runs){count, first, second < count ? second : second - count, length};
}

// A random place among the leechers, or the seeders, if i is one of them.
static __rte_always_inline uint32_t
random_place(const struct swarm *swarm, uint32_t i, uint64_t random)
{
	bool seeder = i >= swarm->leechers;
	uint32_t count = seeder ? swarm->seeders : swarm->leechers;

	return (seeder ? swarm->leechers : 0) + (uint32_t)((random >> 32) * count >> 32);
}
