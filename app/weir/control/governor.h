// SPDX-License-Identifier: BSD-3-Clause
// The interval governor: the announce interval rises with the load, from tracker.interval up to
// tracker.interval_max, and falls again.
//
// The load, 0 to 1, is the largest of: how busy the busiest lcore is (50 %: 0, 90 %: 1), and how full the tables
// of torrents and of peers are (75 %: 0, 95 %: 1). It is smoothed, so that the interval is there within a
// minute of a step of the load, and does not jump. An interval in force changes by more than 2 % or not at
// all, except at the ends of its range, so a load that trembles does not move it.
//
// The interval changes the load in turn, but slowly: a client hears of it with its next announce, so the rate
// of announces is an average over an interval, and the governor cannot make itself swing.

#pragma once

#include <rte_common.h>

#include <stdint.h>

struct governor {
	double load; // smoothed
	uint32_t looked_s; // time of the last look
	uint32_t interval_s; // 0: none yet
};

// What was seen in the last second, each 0 to 100.
struct governor_input {
	unsigned busy_percent; // of the busiest lcore
	unsigned torrents_percent; // used of the capacity, of the fullest worker
	unsigned peers_percent;
};

// The interval in force with tracker.interval and tracker.interval_max as given; 0: that has no maximum.
static inline uint32_t
governor_interval_s(const struct governor *governor, uint32_t interval_s, uint32_t max_s)
{
	return max_s == 0 ? interval_s : RTE_MAX(interval_s, RTE_MIN(governor->interval_s, max_s));
}

// Follows the load for a number of seconds. Returns the interval that shall be in force from now on.
uint32_t governor_step(
	struct governor *governor,
	const struct governor_input *input,
	uint32_t seconds,
	uint32_t interval_s,
	uint32_t max_s
);
