// SPDX-License-Identifier: BSD-3-Clause
// The cycles of a turn, by stage.
//
// Reading the cycle counter costs a good part of what a stage costs for one packet, so only a sample of the
// turns is timed: one turn in N. Turns without work are not kept. So the proportions of stages are right,
// and the sums are those of samples. A `struct stages` belongs to one loop of one lcore; other threads read
// `sums` at any time by stats_read. The caller passes the time: cycles of one counter.

#pragma once

#include "stats.h"

#include <rte_branch_prediction.h>

#include <stdbool.h>

enum stage {
#define STAGE(name, loop, items, help) STAGE_##name,
#include "stages.def"
#undef STAGE
	STAGE_COUNT,
};

enum stage_loop { STAGE_LOOP_IO, STAGE_LOOP_WORKER };

struct stage_info {
	const char *name;
	enum stage_loop loop;
	const char *items; // unit of its items
	const char *help;
};

extern const struct stage_info stage_infos[STAGE_COUNT];

struct stage_sum {
	uint64_t cycles;
	uint64_t items;
};

struct stages {
	bool timed; // this turn is a sample
	uint8_t now; // enum stage
	uint32_t every; // time one turn in this number; 0: never
	uint32_t turns_left; // until the next sample
	uint64_t since; // cycles: start of `now`
	struct stage_sum turn[STAGE_COUNT]; // of this turn
	struct stage_sum sums[STAGE_COUNT]; // published
} __rte_cache_aligned;

// Times one turn in `every` from now on; 0: never.
static inline void
stages_set_every(struct stages *stages, uint32_t every)
{
	stages->every = every;
	stages->turns_left = every;
}

// A turn starts. Returns true if it is to be timed: then call stages_start.
static __rte_always_inline bool
stages_due(struct stages *stages)
{
	if (likely(stages->turns_left-- > 1 || stages->every == 0))
		return false;
	stages->turns_left = stages->every;
	return true;
}

// Starts the first stage of a timed turn at `tsc`.
void stages_start(struct stages *stages, enum stage first, uint64_t tsc);

// Starts another stage. Returns the one before. Only in timed turns.
enum stage stages_switch(struct stages *stages, enum stage next, uint64_t tsc);

// Ends the turn at `tsc`, and keeps its times if it did work.
void stages_finish(struct stages *stages, bool found_work, uint64_t tsc);

// Counts items of a stage.
static __rte_always_inline void
stages_count(struct stages *stages, enum stage stage, unsigned items)
{
	if (unlikely(stages->timed))
		stages->turn[stage].items += items;
}

// Any thread. Adds the current sums of `from` to `sums`, which the caller owns.
void stages_sum(struct stage_sum sums[STAGE_COUNT], const struct stages *from);
