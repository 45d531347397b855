// SPDX-License-Identifier: BSD-3-Clause
// Overload of an io lcore, and who loses first.
//
// The lcore cannot keep up to the degree of the larger of two numbers, 0 to 1:
//
//   receive    how far the part of the last turns that had a full receive burst is above a half, on the way to
//              all. The average covers enough turns that a burst that the receive queue can hold does not count
//   workers    how far a request ring is filled above three quarters, on the way to full
//
// Pressure is a PI controller of that degree: a quarter of the scale times the degree, and its integral, which
// takes 1/16 to 1/8 of a second for the whole scale at degree 1. At degree 0 it falls, in a quarter to half a
// second from the top. A stall of the lcore counts as 1 ms at most. As pressure rises, these lose, one after
// the other, each gradually:
//
//   0 to 511       the heaviest sources: the budget in force shrinks (budget_press)
//   512 to 639     scrapes
//   640 to 767     connects
//   768 to 895     announces of peers that are new (event "started")
//   896 to 1023    announces of known peers; one of 128 is still served
//
// One owner, an io lcore. Time is the caller's: cycles.

#pragma once

#include <rte_branch_prediction.h>
#include <rte_common.h>

#include <stdbool.h>
#include <stdint.h>

enum {
	PRESSURE_MAX = 1023,
	PRESSURE_OF_BUDGET = 512, // below: only the budget in force shrinks
	PRESSURE_OF_CLASS = 128,
};

// Requests by the order in which they lose.
enum pressure_class {
	PRESSURE_SCRAPE,
	PRESSURE_CONNECT,
	PRESSURE_STARTED,
	PRESSURE_KNOWN,
	PRESSURE_CLASSES,
};

struct pressure {
	uint32_t level; // 0 to PRESSURE_MAX
	uint32_t full; // average part of turns with a full receive burst, in 1 / 2^16
	unsigned average; // the average covers 1 << average turns
	unsigned shift; // cycles of a level, as a power of two
	uint64_t height; // the integral, in cycles
	uint64_t last_tsc;
	bool burst_full; // in this turn
	uint32_t ring_degree; // in this turn, in 1 / 2^16
	uint8_t shed[PRESSURE_CLASSES]; // what is left over of the parts that lose
};

// queue_bursts: the receive bursts that a receive queue holds. hz: cycles a second.
void pressure_init(struct pressure *pressure, unsigned queue_bursts, uint64_t hz);

// No pressure, and nothing remembered.
void pressure_reset(struct pressure *pressure);

// A receive burst was full.
static inline void
pressure_note_burst(struct pressure *pressure)
{
	pressure->burst_full = true;
}

// A request ring of `size` has room for `room` more.
static inline void
pressure_note_ring(struct pressure *pressure, unsigned room, unsigned size)
{
	unsigned quarter = size / 4;

	if (unlikely(room < quarter)) {
		uint32_t degree = ((quarter - room) << 16) / quarter;

		pressure->ring_degree = RTE_MAX(pressure->ring_degree, degree);
	}
}

// The end of a turn. Returns true if the level is another one now.
bool pressure_turn(struct pressure *pressure, uint64_t tsc);

// The pressure on budgets, 0 to PRESSURE_OF_BUDGET.
static inline unsigned
pressure_of_budget(const struct pressure *pressure)
{
	return RTE_MIN(pressure->level, (uint32_t)PRESSURE_OF_BUDGET);
}

// Whether any request loses now.
static inline bool
pressure_is_high(const struct pressure *pressure)
{
	return pressure->level > PRESSURE_OF_BUDGET;
}

// Whether a request of this class loses now. The others of its class are served evenly between.
bool pressure_sheds(struct pressure *pressure, enum pressure_class class);
