// SPDX-License-Identifier: BSD-3-Clause
// CPU time of this thread: what other programs take from it in between does not count.

#pragma once

#include <stdint.h>
#include <time.h>

static inline uint64_t
cpu_time_ns(void)
{
	struct timespec time;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
	return (uint64_t)time.tv_sec * UINT64_C(1000000000) + (uint64_t)time.tv_nsec;
}
