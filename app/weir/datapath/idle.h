// SPDX-License-Identifier: BSD-3-Clause
// What an lcore does between turns that find no work.
//
// First it polls on, for IDLE_AWAKE_TURNS turns. Then it waits between turns, briefly, so that work
// that does not wake it is noticed soon: at most IDLE_SLEEP_MAX_US, IDLE_PAUSE_MAX_US or IDLE_MONITOR_MAX_US. After a long silence it may wait
// for interrupts instead (rest.h).

#pragma once

#include "idle_cpu.h"
#include "loops.h"
#include "rest.h"

enum {
	IDLE_AWAKE_TURNS = 256,
	IDLE_SLEEP_MAX_US = 128, // 1 at first, and twice as much each time
	IDLE_PAUSE_MAX_US = 16, // likewise
	IDLE_MONITOR_MAX_US = 100, // the kernel may allow less
	IDLE_LINES_MAX = 8, // cache lines that a CPU monitors together
};

enum idle_way {
	IDLE_POLL, // never waits
	IDLE_SLEEP, // gives the CPU to other threads
	IDLE_PAUSE, // keeps it, and lets it save power
	IDLE_MONITOR, // the same, until a packet or a job arrives
};

// One lcore. Its own, except for what rest.h says.
struct idle {
	enum idle_way way;
	bool rests; // waits for interrupts
	unsigned empty_turns; // since the last one with work
	uint64_t quiet_since; // cycle counter, when the first of the brief waits began
	uint64_t silence; // cycles after which it rests
	uint64_t hz;
	const struct idle_calls *calls;
	struct io *io; // NULL: it has no such role, as below
	struct worker *worker;
	int own_link; // of the worker, from the same lcore; -1: none
	struct stats *stats;
	struct rest rest;
} __rte_cache_aligned;

// After a turn without work that began at `tsc`. Returns true when it is time to rest, without waiting.
bool idle_wait(struct idle *idle, uint64_t tsc);

// Takes up to `max` turns of the lcore. Returns true as soon as one finds work, or if the lcore has to stop.
typedef bool idle_turns(void *lcore, unsigned max);

// Rests until there is work, or something has happened that may mean work: waits for interrupts, between some turns,
// or briefly, while they would not wake the lcore.
void idle_rest(struct idle *idle, idle_turns *turns, void *lcore);
