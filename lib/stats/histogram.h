// SPDX-License-Identifier: BSD-3-Clause
// A log-linear histogram of integers, such as latencies, of fixed size.
//
// Below 64 each number has its own bucket; above, each power of two is divided into 32 buckets of equal
// width, so a result is up to 1/32 above the recorded number. One writer, which never waits; readers take a
// copy at any time with histogram_add.

#pragma once

#include <rte_common.h>

#include <stdint.h>

enum {
	HISTOGRAM_STEP_BITS = 5, // 2^5 buckets for each power of two
	HISTOGRAM_BUCKETS = (64 - HISTOGRAM_STEP_BITS + 1) << HISTOGRAM_STEP_BITS,
};

struct histogram {
	uint64_t min, max, sum; // exact; while empty, min is UINT64_MAX and max 0
	uint64_t counts[HISTOGRAM_BUCKETS];
};

void histogram_init(struct histogram *histogram);

static inline unsigned
histogram_bucket(uint64_t value)
{
	const uint64_t linear = UINT64_C(1) << HISTOGRAM_STEP_BITS;
	unsigned power = 63 - (unsigned)__builtin_clzll(value | linear);
	unsigned shift = power - HISTOGRAM_STEP_BITS;

	return (shift << HISTOGRAM_STEP_BITS) + (unsigned)(value >> shift);
}

// The largest number of a bucket.
static inline uint64_t
histogram_bucket_max(unsigned bucket)
{
	const unsigned linear = 1 << HISTOGRAM_STEP_BITS;
	unsigned shift = bucket < 2 * linear ? 0 : (bucket >> HISTOGRAM_STEP_BITS) - 1;
	uint64_t step = bucket - (shift << HISTOGRAM_STEP_BITS);

	return ((step + 1) << shift) - 1; // 2^64 - 1 for the last bucket, by wrapping
}

static inline void
histogram_record(struct histogram *histogram, uint64_t value)
{
	uint64_t *count = &histogram->counts[histogram_bucket(value)];

	__atomic_store_n(count, *count + 1, __ATOMIC_RELAXED);
	__atomic_store_n(&histogram->sum, histogram->sum + value, __ATOMIC_RELAXED);
	__atomic_store_n(&histogram->min, RTE_MIN(histogram->min, value), __ATOMIC_RELAXED);
	__atomic_store_n(&histogram->max, RTE_MAX(histogram->max, value), __ATOMIC_RELAXED);
}

// Any thread. Adds the current values of `from` to `sum`, which the caller owns.
void histogram_add(struct histogram *sum, const struct histogram *from);

// The functions below read a histogram that has no writer.

uint64_t histogram_count(const struct histogram *histogram);
double histogram_mean(const struct histogram *histogram); // 0 if it is empty

// The smallest number such that `share` (above 0, up to 1) of all numbers are not above it; 0 if it is empty.
// Up to 1/32 too large, never too small.
uint64_t histogram_percentile(const struct histogram *histogram, double share);
