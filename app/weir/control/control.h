// SPDX-License-Identifier: BSD-3-Clause
// The control thread's work between boot and end: signals, time, links, neighbours.

#pragma once

#include "../../../lib/stats/stages.h"
#include "../weir.h"

// Blocks the signals that control_run waits for; before any thread is started.
void control_block_signals(void);

// Runs until SIGINT or SIGTERM, until run_for_s has passed, or until test.stop_after packets have
// their verdict; SIGHUP is only logged. False, and a line in the log, where a port is lost and only a
// new start can serve it again. Wakes ten times a second; never touches a packet.
bool control_run(struct weir *weir);

// Reads the wall clock into weir->wall_s, or test.time.
void control_read_wall_clock(struct weir *weir);

// Sums of all lcores, as they are now; `sum` is the caller's and is overwritten. Any thread.
void control_sum_stats(const struct weir *weir, struct stats *sum);
void control_sum_stages(const struct weir *weir, struct stage_sum sums[STAGE_COUNT]);
void control_sum_latency(const struct weir *weir, enum latency_kind kind, struct histogram *sum);

// One lcore, whichever roles it has.
struct control_lcore {
	uint64_t turns;
	uint64_t turns_empty; // that found nothing to do
	uint64_t busy_cycles;
	uint64_t packets; // received; of a worker alone its jobs
	unsigned waiting; // elements of the rings that lead to it
	unsigned room; // of those rings
	unsigned fill_percent; // of the fullest
};

// `index`: of plan.lcores. Any thread.
void control_read_lcore(const struct weir *weir, unsigned index, struct control_lcore *lcore);
