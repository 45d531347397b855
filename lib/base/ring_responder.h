// SPDX-License-Identifier: BSD-3-Clause
// The responder's end of a ring: only the lcore that owns it calls these.

#pragma once

#include "ring.h"

#include <rte_prefetch.h>

static inline void
ring_prefetch_request(const struct ring_responder *responder)
{
	rte_prefetch0(responder->taken.slot);
}

// Whether there is a request.
static inline bool
ring_has_request(const struct ring_responder *responder)
{
	return ring_is_due(&responder->taken);
}

// Takes up to `max` requests. Returns their number.
static inline unsigned
ring_take_requests(struct ring_responder *responder, void *elements, unsigned max)
{
	return ring_take(&responder->taken, responder->slots, responder->last, elements, max);
}

// Puts elements[from..to) into slots[from..to).
static __rte_always_inline void
ring_write(
	struct ring_slot *slots,
	uint64_t tag,
	const uint8_t *elements,
	unsigned from,
	unsigned to
)
{
	for (unsigned i = from; i < to; i++) {
		uint64_t words[2];

		memcpy(words, &elements[(size_t)i * RING_ELEMENT_BYTES], RING_ELEMENT_BYTES);
		slots[i].rest = words[1];
		__atomic_store_n(&slots[i].tagged, words[0] | tag, __ATOMIC_RELAXED);
	}
}

// Gives the replies to the next `count` requests that were taken, at least one. The first one is written last, so that
// the requester sees all at once.
static inline void
ring_give(struct ring_responder *responder, const void *elements, unsigned count)
{
	struct ring_place *given = &responder->given;
	struct ring_slot *first = given->slot;
	uint64_t tag = given->tag;
	unsigned to_end = (unsigned)(responder->last - first) + 1;
	unsigned piece = RTE_MIN(count, to_end);
	const uint8_t *bytes = elements;
	uint64_t words[2];

	given->slot = first + count;
	if (unlikely(count >= to_end)) {
		given->slot = responder->slots + (count - to_end);
		given->tag ^= 3;
	}
	if (unlikely(count > to_end)) {
		const uint8_t *more = bytes + (size_t)to_end * RING_ELEMENT_BYTES;

		ring_write(responder->slots, given->tag, more, 0, count - to_end);
	}
	ring_write(first, tag, bytes, 1, piece);
	memcpy(words, bytes, sizeof(words));
	first->rest = words[1];
	__atomic_store_n(&first->tagged, words[0] | tag, __ATOMIC_RELEASE);
	ring_count(given, count);
}
