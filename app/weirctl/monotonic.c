// SPDX-License-Identifier: BSD-3-Clause

#include "monotonic.h"

#include <errno.h>
#include <math.h>
#include <time.h>

double
monotonic_s(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

void
monotonic_sleep_until(double at_s)
{
	struct timespec at = {
		.tv_sec = (time_t)at_s, .tv_nsec = (long)((at_s - floor(at_s)) * 1e9)};

	while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &at, NULL) == EINTR)
		;
}
