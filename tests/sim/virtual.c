// SPDX-License-Identifier: BSD-3-Clause

#include "virtual.h"

#include "../../app/common/monotonic.h"

#include <time.h>

enum { LOOK_NS = 8 }; // that a look at the cycle counter takes

static uint64_t now_ns, tsc_from_ns, tsc_base, wall_from_ns;
static int64_t wall_base_s;

void
virtual_set(uint64_t tsc, uint64_t wall_s)
{
	tsc_from_ns = wall_from_ns = now_ns;
	tsc_base = tsc;
	wall_base_s = (int64_t)wall_s;
}

uint64_t
virtual_ns(void)
{
	return now_ns;
}

void
virtual_advance(uint64_t ns)
{
	now_ns += ns;
}

uint64_t
virtual_tsc(void)
{
	now_ns += LOOK_NS;
	return tsc_base + (now_ns - tsc_from_ns) / 2 * 5;
}

uint64_t
virtual_wall_s(void)
{
	return (uint64_t)(wall_base_s + (int64_t)((now_ns - wall_from_ns) / VIRTUAL_S));
}

void
virtual_step_wall(int64_t seconds)
{
	wall_base_s += seconds;
}

// --- what Weir calls --------------------------------------------------------------------------

time_t __wrap_time(time_t *out);

time_t
__wrap_time(time_t *out)
{
	time_t now = (time_t)virtual_wall_s();

	if (out != NULL)
		*out = now;
	return now;
}

// In place of app/common/monotonic.c.
uint64_t
monotonic_ns(void)
{
	return now_ns;
}

struct timespec
monotonic_after_ms(uint64_t ms)
{
	uint64_t at = now_ns + ms * 1000000;

	return (struct timespec){
		.tv_sec = (time_t)(at / VIRTUAL_S), .tv_nsec = (long)(at % VIRTUAL_S)};
}

void
monotonic_sleep_until(double at_s)
{
	uint64_t at = (uint64_t)(at_s * 1e9);

	now_ns = at > now_ns ? at : now_ns;
}
