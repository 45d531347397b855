// SPDX-License-Identifier: BSD-3-Clause
// Finds the position of a peer in its swarm: by its blocks, or by the index. For swarm.c and
// swarm_snapshot.c.

#pragma once

#include "swarm_lines_inline.h"

// The hash of a peer in the index, of its torrent and address.
static __rte_always_inline uint64_t
index_hash(const struct swarm_ref *ref, struct shape shape, const uint8_t *address)
{
	uint64_t middle = 0;
	uint32_t first, last = 0;
	uint16_t port;

	memcpy(&first, address, 4);
	memcpy(&port, address + shape.stride - 2, 2);
	if (shape.stride == 18) {
		memcpy(&middle, address + 4, 8);
		memcpy(&last, address + 12, 4);
	}
	return keyed_hash->peer(
		&ref->store->key,
		ref->torrent | (uint64_t)first << 32,
		middle,
		last | (uint64_t)port << 32
	);
}

static __rte_always_inline uint32_t
find_peer_indexed(
	const struct swarm_ref *ref,
	struct shape shape,
	const uint8_t *address,
	uint64_t hash
)
{
	struct peer_index_walk walk = peer_index_walk(&ref->store->index, hash);
	uint32_t count = swarm_peers(&ref->home->swarm);
	uint32_t i;

	while ((i = peer_index_next(&walk)) != UINT32_MAX)
		if (i < count && same_address(shape, address_of(ref, shape, i), address))
			return i;
	return SWARM_NO_PEER;
}

// The hash of the plan. An announce earlier in the burst may have indexed the swarm after the plan was made.
static __rte_always_inline uint64_t
plan_hash(const struct swarm_ref *ref, struct shape shape, const struct swarm_announce *announce)
{
	if (announce->plan->hash == 0)
		announce->plan->hash = index_hash(ref, shape, announce->address);
	return announce->plan->hash;
}

static __rte_always_inline uint32_t
find_peer_in(struct shape shape, const uint8_t *addresses, uint32_t count, const uint8_t *address)
{
	for (uint32_t i = 0; i < count; i++)
		if (same_address(shape, addresses + i * shape.stride, address))
			return i;
	return SWARM_NO_PEER;
}

static __rte_always_inline uint32_t
find_peer(const struct swarm_ref *ref, struct shape shape, const struct swarm_announce *announce)
{
	const uint8_t *address = announce->address;
	uint32_t count = swarm_peers(&ref->home->swarm);

	if (ref->home->swarm.indexed)
		return find_peer_indexed(ref, shape, address, plan_hash(ref, shape, announce));
	for (uint32_t first = 0; first < count;) {
		struct span span = span_of(ref, shape, first);
		uint32_t here = RTE_MIN(count - first, span.count);
		uint32_t i = find_peer_in(shape, span.place.address, here, address);

		if (i != SWARM_NO_PEER)
			return first + i;
		first += here;
	}
	return SWARM_NO_PEER;
}

// Adds all peers of the swarm to the index, or none if it is full.
bool swarm_index_peers(const struct swarm_ref *ref);

// Removes the first `count` peers from the index, all that it has of the swarm.
void swarm_unindex_peers(const struct swarm_ref *ref, uint32_t count);

// A peer of an indexed swarm has moved.
void
swarm_index_move(const struct swarm_ref *ref, const uint8_t *address, uint32_t from, uint32_t to);
