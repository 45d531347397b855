// SPDX-License-Identifier: BSD-3-Clause
// The requester's end of a ring: only the lcore that owns it calls these.

#pragma once

#include "ring.h"

#include <rte_prefetch.h>

// Requests that can still be put in.
static inline unsigned
ring_room(const struct ring_requester *requester)
{
	return requester->limit - requester->put.count;
}

// Puts a request in; there must be room. The responder does not see it before ring_show. Returns true if it sees all
// others.
static inline bool
ring_put(struct ring_requester *requester, const void *element)
{
	struct ring_place put = requester->put;
	bool first = put.count == requester->shown;
	uint64_t tagged;

	memcpy(&tagged, element, sizeof(tagged));
	tagged |= put.tag;
	memcpy(&put.slot->rest, (const uint8_t *)element + sizeof(tagged), sizeof(put.slot->rest));
	if (first)
		requester->held = tagged;
	else
		__atomic_store_n(&put.slot->tagged, tagged, __ATOMIC_RELAXED);
	requester->put.slot = put.slot + 1;
	if (unlikely(put.slot == requester->last)) {
		requester->put.slot = requester->slots;
		requester->put.tag = put.tag ^ 3;
	}
	__atomic_store_n(&requester->put.count, put.count + 1, __ATOMIC_RELAXED);
	return first;
}

// Requests that the responder cannot see yet.
static inline unsigned
ring_unshown(const struct ring_requester *requester)
{
	return requester->put.count - requester->shown;
}

// Shows the responder all requests at once: it takes them in order, so the first one hides the others.
static inline void
ring_show(struct ring_requester *requester)
{
	struct ring_slot *first = &requester->slots[requester->shown & requester->capacity];

	if (unlikely(ring_unshown(requester) == 0))
		return;
	__atomic_store_n(&first->tagged, requester->held, __ATOMIC_RELEASE);
	requester->shown = requester->put.count;
}

// Whether replies are still to come. If not, the slots need not be looked at.
static inline bool
ring_waits(const struct ring_requester *requester)
{
	return requester->taken.count != requester->shown;
}

static inline void
ring_prefetch_reply(const struct ring_requester *requester)
{
	rte_prefetch0(requester->taken.slot);
}

// Takes up to `max` replies. Returns their number.
static inline unsigned
ring_take_replies(struct ring_requester *requester, void *elements, unsigned max)
{
	unsigned left = RTE_MIN(requester->shown - requester->taken.count, max);
	unsigned count =
		ring_take(&requester->taken, requester->slots, requester->last, elements, left);

	requester->limit += count;
	return count;
}

// Takes the next element, request or reply, if any is left. Only after both lcores have stopped.
static inline bool
ring_take_left(struct ring_requester *requester, void *element)
{
	struct ring_place *taken = &requester->taken;

	if (taken->count == requester->shown)
		return false;
	uint64_t words[] = {taken->slot->tagged & ~UINT64_C(3), taken->slot->rest};

	memcpy(element, words, RING_ELEMENT_BYTES);
	taken->slot = taken->slot == requester->last ? requester->slots : taken->slot + 1;
	taken->count++;
	return true;
}
