// SPDX-License-Identifier: BSD-3-Clause
// The clock that never jumps (CLOCK_MONOTONIC), for durations and deadlines. Any thread.

#pragma once

#include <stdint.h>
#include <time.h>

uint64_t monotonic_ns(void);

static inline uint64_t
monotonic_us(void)
{
	return monotonic_ns() / 1000;
}

static inline uint64_t
monotonic_ms(void)
{
	return monotonic_ns() / 1000000;
}

static inline double
monotonic_s(void)
{
	return (double)monotonic_ns() / 1e9;
}

// The moment that is `ms` from now, for pthread_cond_timedwait with this clock.
struct timespec monotonic_after_ms(uint64_t ms);

// Sleeps until monotonic_s() is `at_s`, whatever signals arrive. A moment in the past does not wait.
void monotonic_sleep_until(double at_s);
