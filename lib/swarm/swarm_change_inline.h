// SPDX-License-Identifier: BSD-3-Clause
// Adds, removes and updates peers. For swarm.c, swarm_plan.c and swarm_snapshot.c.

#pragma once

#include "swarm_find_inline.h"
#include "swarm_grow_inline.h"
#include "swarm_plan_inline.h"

static __rte_always_inline void
move_peer(const struct swarm_ref *ref, struct shape shape, uint32_t to, uint32_t from)
{
	struct place target = place_of(ref, shape, to);
	struct place source = place_of(ref, shape, from);

	if (to == from)
		return;
	memcpy(target.address, source.address, shape.stride);
	*target.word = *source.word;
	if (shape.detail)
		*target.record = *source.record;
	if (ref->home->swarm.indexed)
		swarm_index_move(ref, target.address, from, to);
}

// Opens a place behind the last leecher or seeder; there is room for it.
static __rte_always_inline uint32_t
open_place(const struct swarm_ref *ref, struct shape shape, bool seeder)
{
	struct swarm *swarm = &ref->home->swarm;

	if (seeder)
		return swarm->leechers + swarm->seeders++;
	if (swarm->seeders > 0) // the first seeder moves to the end
		move_peer(ref, shape, swarm->leechers + swarm->seeders, swarm->leechers);
	return swarm->leechers++;
}

static __rte_always_inline void
close_place(const struct swarm_ref *ref, struct shape shape, uint32_t i)
{
	struct swarm *swarm = &ref->home->swarm;
	uint32_t last = swarm_peers(swarm) - 1;

	if (i < swarm->leechers) {
		swarm->leechers--;
		move_peer(ref, shape, i, swarm->leechers);
		i = swarm->leechers;
		if (swarm->seeders > 0)
			move_peer(ref, shape, i, last);
	} else {
		swarm->seeders--;
		move_peer(ref, shape, i, last);
	}
}

// For a new peer: frees a random place for it. The peer that was there moves to the open place i.
static __rte_always_inline uint32_t
take_random_place(const struct swarm_ref *ref, struct shape shape, uint32_t i, uint64_t random)
{
	uint32_t place = random_place(&ref->home->swarm, i, random);

	move_peer(ref, shape, i, place);
	return place;
}

// A peer outside of the swarm, while its place changes.
struct peer {
	uint8_t address[18];
	uint16_t word;
	uint32_t record;
};

static __rte_always_inline void
set_peer(const struct swarm_ref *ref, struct shape shape, uint32_t i, const struct peer *peer)
{
	struct place place = place_of(ref, shape, i);

	memcpy(place.address, peer->address, shape.stride);
	*place.word = peer->word;
	if (shape.detail)
		*place.record = peer->record;
}

// Reserves what one more peer needs: room, a record, and an entry of the index if the swarm is indexed.
static __rte_always_inline bool
reserve_place(const struct swarm_ref *ref, struct shape shape, uint64_t hash)
{
	struct swarm *swarm = &ref->home->swarm;
	uint32_t count = swarm_peers(swarm);

	if (shape.detail && pool_free(&ref->store->records) == 0)
		return false;
	if (count >= PEER_INDEX_POSITION_MAX)
		return false;
	if (!swarm_grow(ref, shape))
		return false;
	if (count == SWARM_INDEXED_FROM && !swarm->indexed && !swarm_index_peers(ref)) {
		swarm_shrink(ref, shape);
		return false;
	}
	if (swarm->indexed && !peer_index_add(&ref->store->index, hash, count)) {
		swarm_shrink(ref, shape);
		return false;
	}
	return true;
}

// The hash of the source of an announce, which the shard may know already.
static __rte_always_inline uint64_t
source_of(const struct swarm_ref *ref, struct swarm_announce *announce)
{
	if (announce->source == 0)
		announce->source =
			sources_hash(&ref->store->sources, ref->family, announce->address);
	return announce->source;
}

// Whether the source may store one more peer, in this swarm and in all.
static __rte_always_inline bool
has_share(const struct swarm_ref *ref, struct swarm_announce *announce)
{
	const struct sources *sources = &ref->store->sources;
	uint64_t source = source_of(ref, announce);

	return announce->may_add == SWARM_UNLIMITED
		|| (sources_may_join(sources, source, ref->torrent)
		    && sources_may_add(sources, source, announce->may_add));
}

static __rte_always_inline uint32_t
add_peer(const struct swarm_ref *ref, struct shape shape, struct swarm_announce *announce)
{
	struct swarm *swarm = &ref->home->swarm;
	uint32_t count = swarm_peers(swarm);
	uint64_t hash = count >= SWARM_INDEXED_FROM || swarm->indexed
		? index_hash(ref, shape, announce->address)
		: 0;
	struct peer peer = {.word = announce->time | (announce->seeder ? SWARM_FINISHED : 0)};

	if (announce->may_add == 0) {
		announce->full = SWARM_FULL;
		return SWARM_NO_PEER;
	}
	if (!has_share(ref, announce)) {
		announce->full = SWARM_SOURCE_FULL;
		return SWARM_NO_PEER;
	}
	if (!reserve_place(ref, shape, hash)) {
		announce->full = SWARM_FULL;
		return SWARM_NO_PEER;
	}
	sources_add(
		&ref->store->sources, announce->source, ref->torrent, ref->family, announce->address
	);
	if (shape.detail)
		peer.record = pool_get(&ref->store->records);
	memcpy(peer.address, announce->address, shape.stride);
	announce->added = announce->changed = true;
	uint32_t i = open_place(ref, shape, announce->seeder);

	if (swarm->indexed) {
		i = take_random_place(ref, shape, i, announce->plan->random);
		if (i != count) // the index has the last position so far
			peer_index_move(&ref->store->index, hash, count, i);
	}
	set_peer(ref, shape, i, &peer);
	return i;
}

// Removes peer i, whose source has this hash.
static __rte_always_inline void
remove_peer_of(const struct swarm_ref *ref, struct shape shape, uint32_t i, uint64_t source)
{
	struct swarm *swarm = &ref->home->swarm;
	struct place place = place_of(ref, shape, i);

	if (swarm->indexed)
		peer_index_remove(&ref->store->index, index_hash(ref, shape, place.address), i);
	if (shape.detail)
		pool_put(&ref->store->records, *place.record);
	sources_remove(&ref->store->sources, source, ref->torrent);
	close_place(ref, shape, i);
	swarm_shrink(ref, shape);
	if (swarm->indexed && swarm_peers(swarm) == SWARM_UNINDEXED_TO)
		swarm_unindex_peers(ref, SWARM_UNINDEXED_TO);
}

static __rte_always_inline void
remove_peer(const struct swarm_ref *ref, struct shape shape, uint32_t i)
{
	const uint8_t *address = place_of(ref, shape, i).address;

	remove_peer_of(ref, shape, i, sources_hash(&ref->store->sources, ref->family, address));
}

// Moves a leecher to the seeders, or the other way round.
static __rte_always_inline uint32_t
change_side(
	const struct swarm_ref *ref,
	struct shape shape,
	uint32_t i,
	bool seeder,
	uint64_t random
)
{
	struct place place = place_of(ref, shape, i);
	struct peer peer = {.word = *place.word};
	uint64_t hash = 0;

	memcpy(peer.address, place.address, shape.stride);
	if (shape.detail)
		peer.record = *place.record;
	if (ref->home->swarm.indexed) { // moves the entry to a position that no other move uses
		hash = index_hash(ref, shape, peer.address);
		peer_index_move(&ref->store->index, hash, i, PEER_INDEX_POSITION_MAX);
	}
	close_place(ref, shape, i);
	i = open_place(ref, shape, seeder);
	if (ref->home->swarm.indexed) {
		i = take_random_place(ref, shape, i, random);
		peer_index_move(&ref->store->index, hash, PEER_INDEX_POSITION_MAX, i);
	}
	set_peer(ref, shape, i, &peer);
	return i;
}

// The time of a peer that announces, and whether it has completed.
static __rte_always_inline void
note_time(const struct swarm_ref *ref, struct swarm_announce *announce, uint16_t *word)
{
	uint16_t now = announce->time | (*word & SWARM_FINISHED);

	announce->finished = announce->seeder && !(now & SWARM_FINISHED);
	if (announce->seeder)
		now |= SWARM_FINISHED;
	ref->home->swarm.completed += announce->finished;
	if (*word != now) // an announce in the same unit of time does not dirty the line
		*word = now;
}

static __rte_always_inline uint32_t
update_peer(
	const struct swarm_ref *ref,
	struct shape shape,
	struct swarm_announce *announce,
	uint32_t i
)
{
	bool was_seeder = i >= ref->home->swarm.leechers;

	if (unlikely(announce->seeder != was_seeder)) {
		i = change_side(ref, shape, i, announce->seeder, announce->plan->random);
		announce->changed = true;
	}
	note_time(ref, announce, place_of(ref, shape, i).word);
	return i;
}
