// SPDX-License-Identifier: BSD-3-Clause
// Pacing: how many requests may be sent now, and when each was due.
//
// Closed loop: requests are sent while fewer than `window` are in flight. Open loop: request n is
// due at start + n * period, however many are in flight. It is sent as soon as it is due, and its
// latency counts from that time, so that a pause of the tracker shows in all requests that were due
// during it (no coordinated omission). One owner; pure: the caller passes the time.

#pragma once

#include <rte_branch_prediction.h>
#include <rte_common.h>

#include <stdbool.h>
#include <stdint.h>

struct pace {
	bool open;
	uint32_t window; // closed loop
	uint32_t burst_min; // closed loop: smaller bursts are not sent yet
	double period_tsc; // open loop
	uint64_t start_tsc;
	uint64_t issued; // due requests that were sent or skipped
	uint64_t lag_max_tsc; // requests that are overdue by more than this are skipped
	uint64_t skipped;
};

enum { PACE_BURST_MIN = 16 }; // minimum burst, where the window allows it

static inline void
pace_closed(struct pace *pace, uint32_t window)
{
	*pace = (struct pace){
		.window = window,
		.burst_min = RTE_MAX(1U, RTE_MIN((uint32_t)PACE_BURST_MIN, window / 8)),
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

// The time at which the n-th request from now is, or was, due.
static inline uint64_t
pace_due(const struct pace *pace, uint64_t now_tsc, uint64_t n)
{
	if (!pace->open)
		return now_tsc;
	return pace->start_tsc + (uint64_t)((double)(pace->issued + n) * pace->period_tsc);
}

// Number of requests that are due and not issued.
static inline uint64_t
pace_behind(const struct pace *pace, uint64_t now_tsc)
{
	if (!pace->open)
		return 0;
	uint64_t due = (uint64_t)((double)(now_tsc - pace->start_tsc) / pace->period_tsc) + 1;

	return due > pace->issued ? due - pace->issued : 0;
}

// Number of requests that may be sent now, at most `max`. `waiting`: requests in flight.
static inline uint32_t
pace_allow(struct pace *pace, uint64_t now_tsc, uint32_t waiting, uint32_t max)
{
	if (!pace->open) {
		uint32_t free = waiting < pace->window ? pace->window - waiting : 0;

		return free < pace->burst_min ? 0 : RTE_MIN(free, max);
	}
	uint64_t behind = pace_behind(pace, now_tsc);
	uint64_t lag = (uint64_t)((double)pace->lag_max_tsc / pace->period_tsc) + max;

	if (unlikely(behind > lag)) {
		pace->skipped += behind - lag;
		pace->issued += behind - lag;
		behind = lag;
	}
	return (uint32_t)RTE_MIN(behind, (uint64_t)max);
}

// Counts `count` of the allowed requests as issued.
static inline void
pace_advance(struct pace *pace, uint32_t count)
{
	pace->issued += count;
}
