// SPDX-License-Identifier: BSD-3-Clause

#include "flight.h"

#include "memory.h"

#include <rte_bitops.h>
#include <rte_common.h>

#include <assert.h>

static_assert(sizeof(struct pending) == 16, "four to a cache line");

void
flight_init(struct flight *flight, uint32_t capacity)
{
	uint32_t size = rte_align32pow2(capacity);

	*flight = (struct flight){
		.ring = memory_map(sizeof(struct pending) * size),
		.mask = size - 1,
	};
}

void
flight_free(struct flight *flight)
{
	memory_unmap(flight->ring, sizeof(struct pending) * (flight->mask + 1));
	flight->ring = NULL;
}

struct pending *
flight_expire(struct flight *flight, uint64_t since_tsc)
{
	while (flight->tail != flight->head) {
		struct pending *pending = flight_at(flight, flight->tail);
		bool waiting = pending->state == FLIGHT_WAITING;

		if (waiting && pending->due_tsc >= since_tsc)
			return NULL;
		flight->tail = (flight->tail + 1) & ~FLIGHT_JUNK;
		if (!waiting)
			continue;
		pending->state = FLIGHT_LOST;
		flight->waiting--;
		return pending;
	}
	return NULL;
}
