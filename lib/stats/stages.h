// SPDX-License-Identifier: BSD-3-Clause
// Where the cycles of a turn go, stage by stage.
//
// Reading the cycle counter costs as much as a good part of a stage does for one packet, so only one
// turn in many is timed, and of those only turns that found work are kept: shares are right, sums
// are samples. A `struct stages` belongs to one loop of one lcore; others read `sums`, at any time, by
// stats_read. The caller brings the time: cycles of one counter.

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
	const char *items; // what passes through it
	const char *help;
};

extern const struct stage_info stage_infos[STAGE_COUNT];

struct stage_sum {
	uint64_t cycles;
	uint64_t items;
};

struct stages {
	bool timed; // this turn is
	uint8_t now; // enum stage
	uint32_t every; // one turn in so many is timed; 0: none
	uint32_t turns_left; // until the next that is
	uint64_t since; // cycles: when `now` began
	struct stage_sum turn[STAGE_COUNT]; // of this turn
	struct stage_sum sums[STAGE_COUNT]; // published
} __rte_cache_aligned;

// Times one turn in `every` from the next on; 0: none.
static inline void
stages_set_every(struct stages *stages, uint32_t every)
{
	stages->every = every;
	stages->turns_left = every;
}

// A turn begins; true where it is to be timed: then stages_start follows.
static __rte_always_inline bool
stages_due(struct stages *stages)
{
	if (likely(stages->turns_left-- > 1 || stages->every == 0))
		return false;
	stages->turns_left = stages->every;
	return true;
}

// The turn's first stage begins at `tsc`.
void stages_start(struct stages *stages, enum stage first, uint64_t tsc);

// Another stage begins. Returns the one that was interrupted. Only in turns that are timed.
enum stage stages_switch(struct stages *stages, enum stage next, uint64_t tsc);

// The turn ends at `tsc`; kept if it found work.
void stages_finish(struct stages *stages, bool found_work, uint64_t tsc);

// `items` went through a stage.
static __rte_always_inline void
stages_count(struct stages *stages, enum stage stage, unsigned items)
{
	if (unlikely(stages->timed))
		stages->turn[stage].items += items;
}

// Any thread. Adds the sums of `from`, as they are now, to `sums`, which the caller owns.
void stages_sum(struct stage_sum sums[STAGE_COUNT], const struct stages *from);
