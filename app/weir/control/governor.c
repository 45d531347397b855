// SPDX-License-Identifier: BSD-3-Clause

#include "governor.h"

enum {
	BUSY_LOW = 50, // percent
	BUSY_HIGH = 90,
	FILL_LOW = 75,
	FILL_HIGH = 95,
	ROUND_S = 5,
	STEP_PARTS = 50, // a change is larger than this part of the interval
};

static const double weight = 0.08; // of a second: a time constant of 12 s
static const double end = 0.01; // of the range: that near, the load has arrived

static double
map(unsigned percent, unsigned low, unsigned high)
{
	if (percent <= low)
		return 0;
	return percent >= high ? 1 : (double)(percent - low) / (high - low);
}

static double
load_of(const struct governor_input *input)
{
	double load = map(input->busy_percent, BUSY_LOW, BUSY_HIGH);

	load = RTE_MAX(load, map(input->torrents_percent, FILL_LOW, FILL_HIGH));
	return RTE_MAX(load, map(input->peers_percent, FILL_LOW, FILL_HIGH));
}

// An exponential average would never arrive at either end of its range.
static double
smooth(double before, double load)
{
	double after = before + (load - before) * weight;

	if ((load == 0 && after < end) || (load == 1 && after > 1 - end))
		return load;
	return after;
}

static uint32_t
interval_of(double load, uint32_t interval_s, uint32_t max_s)
{
	uint32_t wanted_s = interval_s + (uint32_t)((max_s - interval_s) * load);

	if (load == 0 || load == 1)
		return wanted_s;
	wanted_s = (wanted_s + ROUND_S / 2) / ROUND_S * ROUND_S;
	return RTE_MAX(interval_s, RTE_MIN(wanted_s, max_s));
}

uint32_t
governor_step(
	struct governor *governor,
	const struct governor_input *input,
	uint32_t seconds,
	uint32_t interval_s,
	uint32_t max_s
)
{
	uint32_t now_s = governor_interval_s(governor, interval_s, max_s);

	if (max_s <= interval_s) {
		*governor = (struct governor){.looked_s = governor->looked_s};
		return now_s;
	}
	for (; seconds > 0; seconds--)
		governor->load = smooth(governor->load, load_of(input));
	uint32_t wanted_s = interval_of(governor->load, interval_s, max_s);
	uint32_t change_s = RTE_MAX(wanted_s, now_s) - RTE_MIN(wanted_s, now_s);

	if (governor->load == 0 || governor->load == 1 || change_s > now_s / STEP_PARTS)
		now_s = wanted_s;
	governor->interval_s = now_s;
	return now_s;
}
