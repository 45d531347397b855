// SPDX-License-Identifier: BSD-3-Clause
// The counters and gauges of an lcore. One writer: the lcore. Readers: any thread, by stats_read.

#pragma once

#include "verdict.h"

#include <rte_common.h>

#include <stdint.h>

enum stat_number {
#define STAT(name, ...) STAT_##name,
#include "stats.def"
#undef STAT
	STAT_COUNT,
};

// Names, as telemetry and the log have them; field.h says what the numbers are.
extern const char *const stat_names[STAT_COUNT];

// The numbers of one lcore. Never reset: rates are differences.
struct stats {
	uint64_t verdicts[FAMILY_COUNT][VERDICT_COUNT];
	uint64_t values[STAT_COUNT];
} __rte_cache_aligned;

// Owner only. A relaxed store is atomic for readers and costs no more than a plain one.
static inline void
stats_add(uint64_t *counter, uint64_t n)
{
	__atomic_store_n(counter, *counter + n, __ATOMIC_RELAXED);
}

static inline void
stats_set(uint64_t *gauge, uint64_t value)
{
	__atomic_store_n(gauge, value, __ATOMIC_RELAXED);
}

static inline uint64_t
stats_read(const uint64_t *value)
{
	return __atomic_load_n(value, __ATOMIC_RELAXED);
}

// Any thread. Adds the current numbers of `from` to `sum`, which the caller owns.
void stats_sum(struct stats *sum, const struct stats *from);
