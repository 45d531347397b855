// SPDX-License-Identifier: BSD-3-Clause
// An announcing peer of an indexed swarm changes places with another one. For swarm.c.

#pragma once

#include "swarm_change_inline.h"
#include "swarm_plan_inline.h"

// The hash of a peer, which the plan has if it meant this one.
static __rte_always_inline uint64_t
other_hash(
	const struct swarm_ref *ref,
	struct shape shape,
	const struct swarm_plan *plan,
	const uint8_t *address
)
{
	if (likely(plan->other_hash != 0 && same_address(shape, plan->other_address, address)))
		return plan->other_hash;
	return index_hash(ref, shape, address);
}

// Peer i at `place`, which announces, changes places with another peer of its side.
static __rte_always_inline void
change_places(
	const struct swarm_ref *ref,
	struct shape shape,
	uint32_t i,
	struct place place,
	const struct swarm_plan *plan
)
{
	struct peer_index *index = &ref->store->index;
	uint32_t other = random_place(&ref->home->swarm, i, plan->random);

	if (unlikely(other == i || ref->torrent == ref->store->still))
		return;
	struct place target = place_of(ref, shape, other);
	struct peer peer = {.word = *target.word};
	uint64_t hash = other_hash(ref, shape, plan, target.address);

	memcpy(peer.address, target.address, shape.stride);
	memcpy(target.address, place.address, shape.stride);
	memcpy(place.address, peer.address, shape.stride);
	*target.word = *place.word;
	*place.word = peer.word;
	if (shape.detail) {
		peer.record = *target.record;
		*target.record = *place.record;
		*place.record = peer.record;
	}
	// If both have the same tag, the first is where the second one was until that moves, too: either will do.
	peer_index_move(index, hash, other, i);
	peer_index_move_guessed(index, plan->entry, plan->hash, i, other);
}
