// SPDX-License-Identifier: BSD-3-Clause
// How long packets stay with us: from the burst they came in with to the one their answers left by.
//
// One packet at a time is followed, by the address of its buffer, so that nothing is written into
// packets and nothing looked up for the others. One owner: an io lcore, which says when the buffer
// leaves or is freed; others read `kinds` by histogram_add.

#pragma once

#include "histogram.h"
#include "verdict.h"

#include <stdbool.h>
#include <stddef.h>

enum latency_kind {
#define LATENCY(name, help) LATENCY_##name,
#include "latency.def"
#undef LATENCY
	LATENCY_COUNT,
};

struct latency_info {
	const char *name;
	const char *help;
};

extern const struct latency_info latency_infos[LATENCY_COUNT];

struct latency {
	const void *followed; // NULL: none
	uint64_t since; // cycles
	double ns_per_cycle;
	struct histogram kinds[LATENCY_COUNT]; // ns
};

void latency_init(struct latency *latency, uint64_t hz);

// Follows `packet` from `tsc` on, unless another is still under way.
static inline void
latency_follow(struct latency *latency, const void *packet, uint64_t tsc)
{
	if (latency->followed != NULL)
		return;
	latency->followed = packet;
	latency->since = tsc;
}

// The packet has been freed, unanswered.
static inline void
latency_lose(struct latency *latency, const void *packet)
{
	if (latency->followed == packet)
		latency->followed = NULL;
}

// The packet that is followed has left at `tsc`, with this verdict.
void latency_arrive(struct latency *latency, enum verdict verdict, uint64_t tsc);

enum latency_kind latency_kind_of(enum verdict verdict);
