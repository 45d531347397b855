// SPDX-License-Identifier: BSD-3-Clause

#include "faults.h"

#include "virtual.h"

#include <string.h>

const struct fault_info fault_infos[FAULT_COUNT] = {
#define FAULT(name, kind, odds, help) {#name, FAULT_##kind, odds, help},
#include "faults.def"
#undef FAULT
};

static struct dice dice[FAULT_COUNT];
static unsigned often;
static uint64_t next_ns[FAULT_COUNT], counts[FAULT_COUNT], enabled_bits, first_ns;

enum fault
fault_of_name(const char *name)
{
	enum fault fault = 0;

	while (fault < FAULT_COUNT && strcmp(fault_infos[fault].name, name) != 0)
		fault++;
	return fault;
}

bool
fault_is_on(enum fault fault)
{
	return (enabled_bits >> fault & 1) != 0;
}

static void
find_first(void)
{
	first_ns = UINT64_MAX;
	for (enum fault f = 0; f < FAULT_COUNT; f++)
		if (fault_is_on(f) && fault_infos[f].kind == FAULT_TIMED && next_ns[f] < first_ns)
			first_ns = next_ns[f];
}

static void
set_next(enum fault fault, uint64_t now_ns)
{
	uint64_t wait_ms = dice_below(&dice[fault], 2000 * fault_infos[fault].odds) / often;

	next_ns[fault] = now_ns + wait_ms * 1000000 + dice_below(&dice[fault], 1000000);
}

void
faults_open(uint64_t seed, uint64_t enabled, unsigned times)
{
	enabled_bits = enabled;
	often = times;
	for (enum fault f = 0; f < FAULT_COUNT; f++) {
		dice[f] = dice_of(seed, 100 + f);
		if (fault_infos[f].kind == FAULT_TIMED)
			set_next(f, virtual_ns());
	}
	find_first();
}

bool
fault_strikes(enum fault fault)
{
	bool strikes = fault_is_on(fault) && dice_once_in(&dice[fault], fault_infos[fault].odds);

	counts[fault] += strikes;
	return strikes;
}

bool
fault_is_due(enum fault fault, uint64_t now_ns)
{
	if (!fault_is_on(fault) || now_ns < next_ns[fault])
		return false;
	counts[fault]++;
	set_next(fault, now_ns);
	find_first();
	return true;
}

uint64_t
faults_next_ns(void)
{
	return first_ns;
}

struct dice *
fault_dice(enum fault fault)
{
	return &dice[fault];
}

uint64_t
fault_count(enum fault fault)
{
	return counts[fault];
}
