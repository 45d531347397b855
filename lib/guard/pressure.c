// SPDX-License-Identifier: BSD-3-Clause

#include "pressure.h"

#include <string.h>

enum {
	RISES_PER_S = 8, // from nothing to the most, at least
	FALL = 4, // it falls this many times slower
	AT_ONCE = (PRESSURE_MAX + 1) / 4, // at degree 1, besides the integral
	STALL_PER_S = 1000, // the longest turn that counts: a part of a second
	QUEUES = 4, // turns of the average, in queues: two full queues in a row stay below half
	AVERAGE_LEAST = 5,
	ONE = 1 << 16,
	HALF = ONE / 2,
};

static unsigned
log2_of(uint64_t value)
{
	return 63 - (unsigned)__builtin_clzll(value | 1);
}

void
pressure_init(struct pressure *pressure, unsigned queue_bursts, uint64_t hz)
{
	memset(pressure, 0, sizeof(*pressure));
	pressure->average =
		RTE_MAX(log2_of((uint64_t)queue_bursts * QUEUES), (unsigned)AVERAGE_LEAST);
	pressure->shift = log2_of(hz / RISES_PER_S / (PRESSURE_MAX + 1));
}

void
pressure_reset(struct pressure *pressure)
{
	pressure->level = 0;
	pressure->full = 0;
	pressure->height = 0;
}

// How far the lcore cannot keep up, in 1 / ONE.
static uint32_t
follow_degree(struct pressure *pressure)
{
	if (pressure->burst_full)
		pressure->full += (ONE - pressure->full) >> pressure->average;
	else
		pressure->full -= pressure->full >> pressure->average;
	uint32_t receive = pressure->full > HALF ? 2 * (pressure->full - HALF) : 0;
	uint32_t degree = RTE_MAX(receive, pressure->ring_degree);

	pressure->burst_full = false;
	pressure->ring_degree = 0;
	return degree;
}

bool
pressure_turn(struct pressure *pressure, uint64_t tsc)
{
	uint64_t most = (uint64_t)(PRESSURE_MAX + 1) << pressure->shift;
	uint64_t turn = RTE_MIN(tsc - pressure->last_tsc, most * RISES_PER_S / STALL_PER_S);
	uint32_t degree = follow_degree(pressure);
	uint32_t before = pressure->level;

	if (degree > 0)
		pressure->height += turn * degree / ONE;
	else
		pressure->height -= RTE_MIN(pressure->height, turn / FALL);
	pressure->height = RTE_MIN(pressure->height, most - 1);
	pressure->level = (uint32_t)(pressure->height >> pressure->shift) + AT_ONCE * degree / ONE;
	pressure->level = RTE_MIN(pressure->level, (uint32_t)PRESSURE_MAX);
	pressure->last_tsc = tsc;
	return pressure->level != before;
}

bool
pressure_sheds(struct pressure *pressure, enum pressure_class class)
{
	uint32_t from = PRESSURE_OF_BUDGET + PRESSURE_OF_CLASS * (uint32_t) class;

	if (pressure->level <= from)
		return false;
	unsigned sum =
		pressure->shed[class] + RTE_MIN(pressure->level - from, PRESSURE_OF_CLASS - 1);

	pressure->shed[class] = (uint8_t)(sum % PRESSURE_OF_CLASS);
	return sum >= PRESSURE_OF_CLASS;
}
