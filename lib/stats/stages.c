// SPDX-License-Identifier: BSD-3-Clause

#include "stages.h"

#include <string.h>

const struct stage_info stage_infos[STAGE_COUNT] = {
#define STAGE(name, loop, items, help) [STAGE_##name] = {#name, STAGE_LOOP_##loop, items, help},
#include "stages.def"
#undef STAGE
};

void
stages_start(struct stages *stages, enum stage first, uint64_t tsc)
{
	memset(stages->turn, 0, sizeof(stages->turn));
	stages->timed = true;
	stages->now = (uint8_t)first;
	stages->since = tsc;
}

enum stage
stages_switch(struct stages *stages, enum stage next, uint64_t tsc)
{
	enum stage before = stages->now;

	stages->turn[before].cycles += tsc - stages->since;
	stages->since = tsc;
	stages->now = (uint8_t)next;
	return before;
}

void
stages_finish(struct stages *stages, bool found_work, uint64_t tsc)
{
	stages_switch(stages, stages->now, tsc);
	stages->timed = false;
	if (!found_work)
		return;
	for (unsigned s = 0; s < STAGE_COUNT; s++) {
		stats_add(&stages->sums[s].cycles, stages->turn[s].cycles);
		stats_add(&stages->sums[s].items, stages->turn[s].items);
	}
}

void
stages_sum(struct stage_sum sums[STAGE_COUNT], const struct stages *from)
{
	for (unsigned s = 0; s < STAGE_COUNT; s++) {
		sums[s].cycles += stats_read(&from->sums[s].cycles);
		sums[s].items += stats_read(&from->sums[s].items);
	}
}
