// SPDX-License-Identifier: BSD-3-Clause
// A ring between two lcores. The requester puts in requests, the responder takes them and puts a reply in the place of
// each, in the same order, and the requester takes the replies.
//
// The lcores share nothing but the slots, and only lines of cache with requests or replies in them move. The two low
// bits of a slot say what it holds, and change with each lap of the ring:
//
//   0 reply, or never used -> 1 request -> 3 reply -> 2 request -> 0 reply
//
// So each lcore sees by the slot itself whether it is its turn. The requester counts what is under way; a reply that it
// has taken is the proof that its slot is free. So there is always a slot for a reply.
//
// An element has RING_ELEMENT_BYTES. It begins with a pointer, whose two low bits are 0. Each end has one owner;
// others may read its counts by relaxed loads.

#pragma once

#include <rte_branch_prediction.h>
#include <rte_common.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

enum { RING_ELEMENT_BYTES = 16 };

struct ring_slot {
	uint64_t tagged; // the first 8 bytes of the element, and the two bits
	uint64_t rest;
};

// The next element that an end puts in or takes out.
struct ring_place {
	struct ring_slot *slot;
	uint32_t count; // of those before, since the start; telemetry threads read it
	uint32_t tag; // the two bits
};

struct ring_requester {
	struct ring_slot *slots;
	struct ring_slot *last;
	struct ring_place put; // requests
	struct ring_place taken; // replies
	uint64_t held; // what makes the first request that is not shown a request
	uint32_t shown; // requests that the responder may see, of those that were put
	uint32_t limit; // requests that may have been put: there is a slot for each
	uint32_t capacity;
};

struct ring_responder {
	struct ring_slot *slots;
	struct ring_slot *last;
	struct ring_place taken; // requests
	struct ring_place given; // replies
};

// size: slots, a power of two.
static inline size_t
ring_bytes(unsigned size)
{
	return size * sizeof(struct ring_slot);
}

// `slots` has ring_bytes(size) bytes, zeroed, and belongs to the caller.
static inline void
ring_init(
	struct ring_requester *requester,
	struct ring_responder *responder,
	void *slots,
	unsigned size
)
{
	struct ring_place request = {slots, 0, 1}, reply = {slots, 0, 3};
	struct ring_slot *last = (struct ring_slot *)slots + size - 1;

	*requester = (struct ring_requester){slots, last, request, reply, 0, 0, size - 1, size - 1};
	*responder = (struct ring_responder){slots, last, request, reply};
}

// Requests that can be under way: one less than the size.
static inline unsigned
ring_capacity(const struct ring_requester *requester)
{
	return requester->capacity;
}

static inline void
ring_count(struct ring_place *place, uint32_t more)
{
	__atomic_store_n(&place->count, place->count + more, __ATOMIC_RELAXED);
}

static inline bool
ring_is_due(const struct ring_place *place)
{
	return ((__atomic_load_n(&place->slot->tagged, __ATOMIC_RELAXED) ^ place->tag) & 3) == 0;
}

// Copies up to `max` elements out of slots with this tag. Returns their number.
static __rte_always_inline unsigned
ring_read(const struct ring_slot *slots, uint64_t tag, uint8_t *elements, unsigned max)
{
	unsigned count = 0;

	for (; count < max; count++) {
		uint64_t words[] = {
			__atomic_load_n(&slots[count].tagged, __ATOMIC_ACQUIRE) ^ tag, 0};

		if ((words[0] & 3) != 0)
			break;
		words[1] = slots[count].rest;
		memcpy(&elements[(size_t)count * RING_ELEMENT_BYTES], words, RING_ELEMENT_BYTES);
	}
	return count;
}

// Takes up to `max` elements, as long as they are due. Returns their number.
static __rte_always_inline unsigned
ring_take(
	struct ring_place *place,
	struct ring_slot *slots,
	struct ring_slot *last,
	uint8_t *elements,
	unsigned max
)
{
	unsigned to_end = (unsigned)(last - place->slot) + 1;
	unsigned count = ring_read(place->slot, place->tag, elements, RTE_MIN(max, to_end));

	place->slot += count;
	if (unlikely(count == to_end)) {
		place->slot = slots;
		place->tag ^= 3;
	}
	if (unlikely(count == to_end && count < max)) {
		elements += (size_t)count * RING_ELEMENT_BYTES;
		unsigned more = ring_read(slots, place->tag, elements, max - count);

		place->slot = slots + more;
		count += more;
	}
	ring_count(place, count);
	return count;
}

// Requests that the responder has not taken. Exact while both ends rest.
static inline unsigned
ring_requests(const struct ring_requester *requester, const struct ring_responder *responder)
{
	uint32_t taken = __atomic_load_n(&responder->taken.count, __ATOMIC_RELAXED);
	uint32_t put = __atomic_load_n(&requester->put.count, __ATOMIC_RELAXED);

	return RTE_MIN(put - taken, requester->capacity);
}

// Replies that the requester has not taken. Exact while both ends rest.
static inline unsigned
ring_replies(const struct ring_requester *requester, const struct ring_responder *responder)
{
	uint32_t taken = __atomic_load_n(&requester->taken.count, __ATOMIC_RELAXED);
	uint32_t given = __atomic_load_n(&responder->given.count, __ATOMIC_RELAXED);

	return RTE_MIN(given - taken, requester->capacity);
}
