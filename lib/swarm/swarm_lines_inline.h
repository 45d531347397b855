// SPDX-License-Identifier: BSD-3-Clause
// The storage of a swarm: lines of peers, and the tree of nodes above them. For swarm.c,
// swarm_snapshot.c and refresh_fast_inline.h.

#pragma once

#include "swarm.h"

#include <rte_branch_prediction.h>

#include <string.h>

// The layout of a line: addresses, words, records.
struct shape {
	uint32_t stride; // bytes of an address: 6 or 18
	uint32_t per_line; // peers
	uint32_t inside; // peers inside a torrent
	bool detail;
};

static const struct shape shape_ipv4_plain = {6, 8, 6, false};
static const struct shape shape_ipv4_detail = {6, 5, 4, true};
static const struct shape shape_ipv6_plain = {18, 3, 0, false};
static const struct shape shape_ipv6_detail = {18, 2, 0, true};

static_assert(8 * (6 + 2) <= SWARM_NODE_BYTES, "IPv4");
static_assert(5 * (6 + 2 + 4) <= SWARM_NODE_BYTES, "IPv4 with detail, records aligned");
static_assert(3 * (18 + 2) <= SWARM_NODE_BYTES, "IPv6");
static_assert(2 * (18 + 2 + 4) <= SWARM_NODE_BYTES, "IPv6 with detail, records aligned");
static_assert(6 * (6 + 2) <= SWARM_INSIDE_BYTES, "IPv4 in a torrent");
static_assert(4 * (6 + 2 + 4) <= SWARM_INSIDE_BYTES, "IPv4 in a torrent with detail");

// The place of a peer in a line.
struct place {
	uint8_t *address;
	uint16_t *word;
	uint32_t *record; // with detail
};

static __rte_always_inline uint32_t *
children_of(const struct swarm_ref *ref, uint32_t node)
{
	return pool_at(&ref->store->nodes, node);
}

static __rte_always_inline bool
swarm_is_inside(const struct swarm_ref *ref)
{
	return ref->inside != NULL && ref->swarm->levels == 0;
}

// Line n of a swarm that has lines.
static __rte_always_inline uint8_t *
line_of(const struct swarm_ref *ref, uint32_t n)
{
	uint32_t node = ref->swarm->root;

	for (unsigned level = ref->swarm->levels; level > 1; level--)
		node = children_of(ref, node)[n >> 4 * (level - 2) & (SWARM_NODE_CHILDREN - 1)];
	return pool_at(&ref->store->nodes, node);
}

static __rte_always_inline struct place
place_in(struct shape shape, uint8_t *line, uint32_t capacity, uint32_t i)
{
	uint32_t words_at = capacity * shape.stride; // even: every stride is
	uint32_t records_at = RTE_ALIGN_CEIL(words_at + capacity * 2, 4u);

	return (struct place){
		line + i * shape.stride,
		(uint16_t *)(void *)(line + words_at) + i,
		(uint32_t *)(void *)(line + records_at) + i,
	};
}

static __rte_always_inline struct place
place_of(const struct swarm_ref *ref, struct shape shape, uint32_t i)
{
	if (swarm_is_inside(ref))
		return place_in(shape, ref->inside, shape.inside, i);
	return place_in(
		shape, line_of(ref, i / shape.per_line), shape.per_line, i % shape.per_line
	);
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

	for (uint32_t offset = 0; offset < bytes; offset += 16)
		memcpy(out + offset, from + offset, 16);
	return out + bytes;
}

// --- growing and shrinking by one line ----------------------------------------------------------

// Maximum number of lines of a tree with this number of levels.
static __rte_always_inline uint64_t
lines_below(unsigned levels)
{
	return UINT64_C(1) << 4 * (levels - 1);
}

// Adds line n. The pool has enough nodes.
static inline void
attach_line(const struct swarm_ref *ref, uint32_t n)
{
	struct pool *nodes = &ref->store->nodes;
	struct swarm *swarm = ref->swarm;

	if (swarm->levels == 0) {
		swarm->root = pool_get(nodes);
		swarm->levels = 1;
		return;
	}
	if (n == lines_below(swarm->levels)) { // the tree is full: a new root above it
		uint32_t root = pool_get(nodes);

		children_of(ref, root)[0] = swarm->root;
		swarm->root = root;
		swarm->levels++;
	}
	uint32_t node = swarm->root;

	for (unsigned level = swarm->levels; level > 1; level--) {
		unsigned shift = 4 * (level - 2);
		uint32_t *child = &children_of(ref, node)[n >> shift & (SWARM_NODE_CHILDREN - 1)];

		if ((n & ((UINT32_C(1) << shift) - 1)) == 0) // the first line under that child
			*child = pool_get(nodes);
		node = *child;
	}
}

// Removes line n, the last one, and the nodes that are empty then.
static inline void
detach_line(const struct swarm_ref *ref, uint32_t n)
{
	struct pool *nodes = &ref->store->nodes;
	struct swarm *swarm = ref->swarm;
	uint32_t node = swarm->root;

	for (unsigned level = swarm->levels; level > 1; level--) {
		unsigned shift = 4 * (level - 2);
		uint32_t child = children_of(ref, node)[n >> shift & (SWARM_NODE_CHILDREN - 1)];

		if (n != 0 && (n & ((UINT32_C(1) << 4 * (level - 1)) - 1)) == 0)
			pool_put(nodes, node); // n was the only line under it
		node = child;
	}
	pool_put(nodes, node);
	if (n == 0) {
		swarm->levels = 0;
	} else if (swarm->levels > 1 && n == lines_below(swarm->levels - 1)) {
		uint32_t root = swarm->root; // the other lines are all below its first child

		swarm->root = children_of(ref, root)[0];
		swarm->levels--;
		pool_put(nodes, root);
	}
}

// Copies `count` peers between the torrent and a line.
static __rte_always_inline void
copy_peers(struct shape shape, struct place to, struct place from, uint32_t count)
{
	memcpy(to.address, from.address, count * shape.stride);
	memcpy(to.word, from.word, count * sizeof(*to.word));
	if (shape.detail)
		memcpy(to.record, from.record, count * sizeof(*to.record));
}

// Moves all peers from the torrent, which is full, to lines.
static __rte_always_inline void
move_peers_to_lines(const struct swarm_ref *ref, struct shape shape)
{
	uint32_t count = shape.inside;

	for (uint32_t first = 0; first < count; first += shape.per_line) {
		uint32_t here = RTE_MIN(count - first, shape.per_line);

		attach_line(ref, first / shape.per_line);
		copy_peers(
			shape,
			place_in(shape, line_of(ref, first / shape.per_line), shape.per_line, 0),
			place_in(shape, ref->inside, shape.inside, first),
			here
		);
	}
}

// Moves the peers of a small swarm back into its torrent.
static __rte_always_inline void
move_peers_to_torrent(const struct swarm_ref *ref, struct shape shape)
{
	uint32_t count = swarm_peers(ref->swarm);

	copy_peers(
		shape,
		place_in(shape, ref->inside, shape.inside, 0),
		place_in(shape, line_of(ref, 0), shape.per_line, 0),
		count
	);
	detach_line(ref, 0);
}

// Adds a line if one more peer needs one. Returns false if the pool has too few nodes.
static __rte_always_inline bool
lines_grow(const struct swarm_ref *ref, struct shape shape)
{
	struct swarm *swarm = ref->swarm;
	uint32_t count = swarm_peers(swarm);

	if (swarm_is_inside(ref)) {
		if (count < shape.inside)
			return true;
		if (pool_free(&ref->store->nodes) < 4)
			return false;
		move_peers_to_lines(ref, shape);
	}
	if (count % shape.per_line != 0)
		return true;
	if (pool_free(&ref->store->nodes) < SWARM_LEVELS_MAX)
		return false;
	attach_line(ref, count / shape.per_line);
	return true;
}

// Removes the last line if it is empty. Called after a place was closed, and after lines_grow if the place
// is not used.
static __rte_always_inline void
lines_shrink(const struct swarm_ref *ref, struct shape shape)
{
	struct swarm *swarm = ref->swarm;
	uint32_t count = swarm_peers(swarm);

	if (swarm->levels == 0)
		return;
	if (count % shape.per_line == 0)
		detach_line(ref, count / shape.per_line);
	if (shape.inside > 0 && swarm->levels == 1 && count <= shape.inside / 2 && count > 0)
		move_peers_to_torrent(ref, shape);
}
