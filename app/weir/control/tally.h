// SPDX-License-Identifier: BSD-3-Clause
// Sums of the counters of all lcores. Written by the lcores; any thread reads, each value by one
// relaxed load.

#pragma once

#include "../../../lib/stats/histogram.h"
#include "../../../lib/stats/latency.h"
#include "../../../lib/stats/stages.h"
#include "../../../lib/stats/stats.h"
#include "../weir.h"

#include <stdint.h>

// Each overwrites its result with the current sums of all lcores.
void tally_stats(const struct weir *weir, struct stats *sum);
void tally_stages(const struct weir *weir, struct stage_sum sums[STAGE_COUNT]);
void tally_latency(const struct weir *weir, enum latency_kind kind, struct histogram *sum);

// One lcore, whatever its roles.
struct tally_lcore {
	uint64_t turns;
	uint64_t turns_empty; // without work
	uint64_t busy_cycles;
	uint64_t waits; // brief ones
	uint64_t interrupt_waits;
	uint64_t interrupt_wakes; // of those
	uint64_t wait_cycles; // of both kinds
	uint64_t packets; // received; of an lcore that is only a worker: jobs
	unsigned waiting; // jobs in the rings that it consumes
	unsigned capacity; // of those rings
	unsigned fill_percent; // of the fullest ring
};

// `index`: in plan.lcores.
void tally_lcore(const struct weir *weir, unsigned index, struct tally_lcore *lcore);
