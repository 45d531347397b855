// SPDX-License-Identifier: BSD-3-Clause

#include "monotonic.h"

#include <errno.h>

static const uint64_t NS_A_SECOND = 1000000000;

static struct timespec
timespec_of(uint64_t ns)
{
	return (struct timespec){
		.tv_sec = (time_t)(ns / NS_A_SECOND), .tv_nsec = (long)(ns % NS_A_SECOND)};
}

uint64_t
monotonic_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * NS_A_SECOND + (uint64_t)now.tv_nsec;
}

struct timespec
monotonic_after_ms(uint64_t ms)
{
	return timespec_of(monotonic_ns() + ms * 1000000);
}

void
monotonic_sleep_until(double at_s)
{
	struct timespec at = timespec_of((uint64_t)(at_s * 1e9));

	while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &at, NULL) == EINTR)
		;
}
