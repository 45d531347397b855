// SPDX-License-Identifier: BSD-3-Clause
// Latencies: the time from the receive burst a packet came with to the transmit burst of its reply.
//
// One packet at a time is sampled and recognised by the address of its mbuf, so nothing is written into
// packets and the others need no lookup. One owner: an io lcore, which says when the mbuf is sent or
// freed. Other threads read `kinds` by histogram_add.

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
	const void *packet; // the sampled one; NULL: none
	uint64_t since; // cycles: when its sample started
	double ns_per_cycle;
	struct histogram kinds[LATENCY_COUNT]; // ns
};

void latency_init(struct latency *latency, uint64_t hz);

// Starts a sample of `packet` at `tsc`, unless one is in progress.
static inline void
latency_start(struct latency *latency, const void *packet, uint64_t tsc)
{
	if (latency->packet != NULL)
		return;
	latency->packet = packet;
	latency->since = tsc;
}

// Ends the sample without a result if it is of `packet`, which was freed without a reply.
static inline void
latency_cancel(struct latency *latency, const void *packet)
{
	if (latency->packet == packet)
		latency->packet = NULL;
}

// Ends the sample: the reply was sent at `tsc`, with this verdict.
void latency_complete(struct latency *latency, enum verdict verdict, uint64_t tsc);

enum latency_kind latency_kind_of(enum verdict verdict);
