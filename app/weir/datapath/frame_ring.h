// SPDX-License-Identifier: BSD-3-Clause
// A ring of whole frames from one thread to another. The writer fills a slot in place, the reader empties it in place,
// so no buffer changes hands: neither thread can hold up the other, or use up what the other allocates from.
//
// One writer, one reader. Neither waits: a full ring has no slot, an empty one no frame.

#pragma once

#include <rte_common.h>

#include <assert.h>
#include <stddef.h>
#include <stdint.h>

enum {
	FRAME_SLOT_BYTES =
		2364, // more than the data room of an mbuf (pools.c) and a Router Alert header
};

struct frame_slot {
	uint16_t len; // bytes
	uint8_t port; // writer's and reader's affair
	uint8_t unused;
	uint8_t bytes[FRAME_SLOT_BYTES];
};

static_assert(
	sizeof(struct frame_slot) % RTE_CACHE_LINE_SIZE == 0,
	"threads do not share lines of slots"
);

struct frame_ring {
	struct frame_slot *slots;
	uint32_t mask;
	uint32_t put __rte_cache_aligned; // frames ever; the writer writes it
	uint32_t taken __rte_cache_aligned; // likewise; the reader writes it
} __rte_cache_aligned;

// Memory of `count` slots, a power of two.
static inline size_t
frame_ring_bytes(unsigned count)
{
	return count * sizeof(struct frame_slot);
}

static inline void
frame_ring_init(struct frame_ring *ring, struct frame_slot *slots, unsigned count)
{
	*ring = (struct frame_ring){.slots = slots, .mask = count - 1};
}

// --- the writer ---------------------------------------------------------------------------------

// The slot of the next frame. NULL: the ring is full.
static inline struct frame_slot *
frame_ring_room(const struct frame_ring *ring)
{
	uint32_t taken = __atomic_load_n(&ring->taken, __ATOMIC_ACQUIRE);

	return ring->put - taken > ring->mask ? NULL : &ring->slots[ring->put & ring->mask];
}

// Shows the frame in that slot to the reader.
static inline void
frame_ring_put(struct frame_ring *ring)
{
	__atomic_store_n(&ring->put, ring->put + 1, __ATOMIC_RELEASE);
}

// --- the reader ---------------------------------------------------------------------------------

// The oldest frame. NULL: there is none.
static inline struct frame_slot *
frame_ring_first(const struct frame_ring *ring)
{
	uint32_t put = __atomic_load_n(&ring->put, __ATOMIC_ACQUIRE);

	return put == ring->taken ? NULL : &ring->slots[ring->taken & ring->mask];
}

// Gives its slot back to the writer.
static inline void
frame_ring_take(struct frame_ring *ring)
{
	__atomic_store_n(&ring->taken, ring->taken + 1, __ATOMIC_RELEASE);
}
