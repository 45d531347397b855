// SPDX-License-Identifier: BSD-3-Clause
// When requests are sent.
//
// Closed loop: whenever fewer than `window` wait for their reply. Open loop: request n is due at
// start + n * period, whatever is outstanding; it is sent as soon as it is due, and its latency
// counts from when it was due, so that a tracker that stands still is seen by all the requests that
// should have been sent meanwhile. One owner; pure: the time is told.

#pragma once

#include <rte_branch_prediction.h>
#include <rte_common.h>

#include <stdbool.h>
#include <stdint.h>

struct pace {
	bool open;
	uint32_t window; // closed loop
	uint32_t least; // closed loop: fewer than so many are not sent yet
	double period_tsc; // open loop
	uint64_t start_tsc;
	uint64_t issued; // requests that were due and have been handed out or skipped
	uint64_t lag_max_tsc; // what could not be sent for so long is skipped
	uint64_t skipped;
};

enum { PACE_LEAST = 16 }; // a burst worth sending, where the window allows

static inline void
pace_closed(struct pace *pace, uint32_t window)
{
	*pace = (struct pace){
		.window = window,
		.least = RTE_MAX(1U, RTE_MIN((uint32_t)PACE_LEAST, window / 8)),
	};
}

static inline void
pace_open(struct pace *pace, uint64_t now_tsc, double period_tsc, uint64_t lag_max_tsc)
{
	*pace = (struct pace){
		.open = true,
		.period_tsc = period_tsc,
		.start_tsc = now_tsc,
		.lag_max_tsc = lag_max_tsc,
	};
}

// When the n-th request from now on is, or was, due.
static inline uint64_t
pace_due(const struct pace *pace, uint64_t now_tsc, uint64_t n)
{
	if (!pace->open)
		return now_tsc;
	return pace->start_tsc + (uint64_t)((double)(pace->issued + n) * pace->period_tsc);
}

// How many are due and have not been handed out.
static inline uint64_t
pace_behind(const struct pace *pace, uint64_t now_tsc)
{
	if (!pace->open)
		return 0;
	uint64_t due = (uint64_t)((double)(now_tsc - pace->start_tsc) / pace->period_tsc) + 1;

	return due > pace->issued ? due - pace->issued : 0;
}

// How many may be sent now, `most` at a time. `waiting`: for their reply.
static inline uint32_t
pace_allow(struct pace *pace, uint64_t now_tsc, uint32_t waiting, uint32_t most)
{
	if (!pace->open) {
		uint32_t free = waiting < pace->window ? pace->window - waiting : 0;

		return free < pace->least ? 0 : RTE_MIN(free, most);
	}
	uint64_t behind = pace_behind(pace, now_tsc);
	uint64_t lag = (uint64_t)((double)pace->lag_max_tsc / pace->period_tsc) + most;

	if (unlikely(behind > lag)) {
		pace->skipped += behind - lag;
		pace->issued += behind - lag;
		behind = lag;
	}
	return (uint32_t)RTE_MIN(behind, (uint64_t)most);
}

// So many of those allowed have been handed out.
static inline void
pace_take(struct pace *pace, uint32_t count)
{
	pace->issued += count;
}
