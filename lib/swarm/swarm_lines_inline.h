// SPDX-License-Identifier: BSD-3-Clause
// Where the peers of a swarm are: in its home, in lines, or in chunks. For the sources of swarm.h and
// refresh_fast_inline.h.

#pragma once

#include "swarm.h"

#include <rte_branch_prediction.h>

#include <string.h>

// The layout of a block of peers: their addresses, then their words, then the numbers of their records. In a chunk
// with records, words and records are in groups of two peers: two words, two records. So both of a peer are in one
// line, nearly always.
struct shape {
	uint8_t stride; // bytes of an address: 6 or 18
	uint8_t inside; // peers in a home
	uint8_t per_line; // peers
	uint8_t per_chunk; // peers
	bool detail;
	bool listed; // the swarm is known to have chunks that its home lists: SWARM_IN_CHUNKS
};

static const struct shape shape_ipv4_plain = {6, 6, 8, 64, false};
static const struct shape shape_ipv4_detail = {6, 4, 5, 42, true};
static const struct shape shape_ipv6_plain = {18, 2, 3, 25, false};
static const struct shape shape_ipv6_detail = {18, 2, 2, 21, true};

static __rte_always_inline struct shape
listed(struct shape shape)
{
	shape.listed = true;
	return shape;
}

// The shape of a swarm, for functions that do not need a constant.
static inline struct shape
shape_of(enum family family, bool detail)
{
	if (family == FAMILY_IPV4)
		return detail ? shape_ipv4_detail : shape_ipv4_plain;
	return detail ? shape_ipv6_detail : shape_ipv6_plain;
}

enum {
	NODE_BITS = 7,
	NODE_CHILDREN = 1 << NODE_BITS,
	// A swarm keeps its lines until they are full, and its chunks until this many lines or chunks are
	// left of its list, so that it does not move to and fro.
	LIST_RETURN = 8,
	GROUP_BYTES = 2 * (2 + 4), // words and records of two peers
};

static_assert(6 * (6 + 2) <= SWARM_HOME_BYTES, "IPv4 in a home");
static_assert(4 * (6 + 2 + 4) <= SWARM_HOME_BYTES, "IPv4 in a home with detail");
static_assert(2 * (18 + 2 + 4) <= SWARM_HOME_BYTES, "IPv6 in a home");
static_assert(8 * (6 + 2) <= LINE_BYTES, "IPv4");
static_assert(5 * (6 + 2 + 4) <= LINE_BYTES, "IPv4 with detail, records aligned");
static_assert(3 * (18 + 2) <= LINE_BYTES, "IPv6");
static_assert(2 * (18 + 2 + 4) <= LINE_BYTES, "IPv6 with detail, records aligned");
static_assert(64 * (6 + 2) <= SLAB_CHUNK_BYTES, "IPv4");
static_assert(42 * 6 + 21 * GROUP_BYTES <= SLAB_CHUNK_BYTES, "IPv4 with detail");
static_assert(25 * (18 + 2) <= SLAB_CHUNK_BYTES, "IPv6");
static_assert(
	21 * 18 + 2 + 11 * GROUP_BYTES <= SLAB_CHUNK_BYTES,
	"IPv6 with detail, groups aligned"
);

static_assert(NODE_CHILDREN * sizeof(uint32_t) == SLAB_CHUNK_BYTES, "a node is a chunk");

// The place of a peer in a block.
struct place {
	uint8_t *address;
	uint16_t *word;
	uint32_t *record; // with detail
};

// The rest of a block, from a peer on.
struct span {
	struct place place; // of the peer
	uint32_t
		count; // peers from there to the end of the block, whether or not there are as many
	uint8_t *block;
	uint32_t capacity; // of the block
};

static __rte_always_inline uint8_t *
list_line(const struct swarm_ref *ref, uint32_t n)
{
	return slab_line(&ref->store->slab, ref->home->list[n]);
}

static __rte_always_inline uint32_t *
node_children(const struct swarm_ref *ref, uint32_t node)
{
	return slab_chunk(&ref->store->slab, node);
}

// Bits of a chunk's number below those that select from the list of its swarm.
static __rte_always_inline unsigned
list_shift(const struct swarm *swarm)
{
	return NODE_BITS * (swarm->levels - 2u);
}

// Chunk n of a swarm that has chunks.
static __rte_always_inline uint8_t *
swarm_chunk(const struct swarm_ref *ref, struct shape shape, uint32_t n)
{
	if (shape.listed)
		return slab_chunk(&ref->store->slab, ref->home->list[n]);
	unsigned shift = list_shift(&ref->home->swarm);
	uint32_t chunk = ref->home->list[n >> shift];

	while (unlikely(shift > 0)) {
		shift -= NODE_BITS;
		chunk = node_children(ref, chunk)[n >> shift & (NODE_CHILDREN - 1)];
	}
	return slab_chunk(&ref->store->slab, chunk);
}

static __rte_always_inline struct place
place_in(struct shape shape, uint8_t *block, uint32_t capacity, uint32_t i)
{
	uint32_t words_at = capacity * shape.stride; // even: every stride is
	uint32_t records_at = RTE_ALIGN_CEIL(words_at + capacity * 2, 4u);

	if (shape.detail && capacity == shape.per_chunk) {
		uint8_t *group = block + RTE_ALIGN_CEIL(words_at, 4u) + i / 2 * GROUP_BYTES;

		return (struct place){
			block + i * shape.stride,
			(uint16_t *)(void *)group + i % 2,
			(uint32_t *)(void *)(group + 4) + i % 2,
		};
	}
	return (struct place){
		block + i * shape.stride,
		(uint16_t *)(void *)(block + words_at) + i,
		(uint32_t *)(void *)(block + records_at) + i,
	};
}

static __rte_always_inline struct span
span_in(struct shape shape, uint8_t *block, uint32_t capacity, uint32_t i)
{
	return (struct span){place_in(shape, block, capacity, i), capacity - i, block, capacity};
}

// Place i of a span.
static __rte_always_inline struct place
span_at(struct shape shape, const struct span *span, uint32_t i)
{
	return place_in(shape, span->block, span->capacity, span->capacity - span->count + i);
}

static __rte_always_inline struct span
span_of(const struct swarm_ref *ref, struct shape shape, uint32_t i)
{
	unsigned levels = ref->home->swarm.levels;

	if (!shape.listed && levels == SWARM_IN_HOME)
		return span_in(shape, ref->home->peers, shape.inside, i);
	if (!shape.listed && levels == SWARM_IN_LINES)
		return span_in(
			shape,
			list_line(ref, i / shape.per_line),
			shape.per_line,
			i % shape.per_line
		);
	return span_in(
		shape,
		swarm_chunk(ref, shape, i / shape.per_chunk),
		shape.per_chunk,
		i % shape.per_chunk
	);
}

static __rte_always_inline struct place
place_of(const struct swarm_ref *ref, struct shape shape, uint32_t i)
{
	return span_of(ref, shape, i).place;
}

static __rte_always_inline uint8_t *
address_of(const struct swarm_ref *ref, struct shape shape, uint32_t i)
{
	return place_of(ref, shape, i).address;
}

static __rte_always_inline uint64_t
load_word(const uint8_t *bytes)
{
	uint64_t word;

	memcpy(&word, bytes, sizeof(word));
	return word;
}

// An IPv4 address and UDP port in the upper 48 bits. Reads 2 bytes behind them.
static __rte_always_inline uint64_t
load_address(const uint8_t *bytes)
{
	return rte_le_to_cpu_64(load_word(bytes)) << 16;
}

static __rte_always_inline bool
same_address(struct shape shape, const uint8_t *ours, const uint8_t *other)
{
	if (shape.stride == 6) {
		uint32_t a, b;
		uint16_t c, d;

		memcpy(&a, ours, 4);
		memcpy(&b, other, 4);
		memcpy(&c, ours + 4, 2);
		memcpy(&d, other + 4, 2);
		return ((a ^ b) | (uint32_t)(c ^ d)) == 0;
	}
	uint16_t e, f;

	memcpy(&e, ours + 16, 2);
	memcpy(&f, other + 16, 2);
	return ((load_word(ours) ^ load_word(other)) | (load_word(ours + 8) ^ load_word(other + 8))
		| (uint64_t)(e ^ f))
		== 0;
}

// Copies `count` addresses. May write up to SWARM_OUT_SPARE bytes more. Returns the end of the copy.
static __rte_always_inline uint8_t *
copy_addresses(struct shape shape, const uint8_t *from, uint32_t count, uint8_t *out)
{
	uint32_t bytes = count * shape.stride;

	for (uint32_t offset = 0; offset < bytes; offset += 32)
		memcpy(out + offset, from + offset, 32);
	return out + bytes;
}
