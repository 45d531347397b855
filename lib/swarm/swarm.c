// SPDX-License-Identifier: BSD-3-Clause
// The operations on a swarm, written once for all shapes of blocks. swarm_announce passes the shape as a
// constant, so that the compiler makes one copy for each.

#include "swarm.h"

#include "swarm_change_inline.h"
#include "swarm_select_inline.h"
#include "swarm_shuffle_inline.h"

#include <string.h>

// --- announces ----------------------------------------------------------------------------------

static __rte_always_inline uint16_t
select_peers_timed(
	const struct swarm_ref *ref,
	struct shape shape,
	const struct swarm_announce *announce,
	uint32_t i
)
{
	struct swarm_timing *timing = ref->store->timing;

	uint64_t before = unlikely(timing != NULL) ? timing->now() : 0;
	uint16_t count = select_peers(ref, shape, announce, i);

	if (unlikely(timing != NULL)) {
		timing->select += timing->now() - before;
		timing->selects++;
	}
	return count;
}

static __rte_always_inline void
clear_results(struct swarm_announce *announce)
{
	announce->full = SWARM_STORED;
	announce->added = announce->removed = false;
	announce->changed = announce->finished = false;
	announce->peer_count = 0;
	announce->record = POOL_NONE;
}

// Finds a peer, which is nearly always where its plan saw it, in an indexed swarm.
static __rte_always_inline uint32_t
find_planned(
	const struct swarm_ref *ref,
	struct shape shape,
	const struct swarm_announce *announce,
	struct place *place
)
{
	uint32_t i = announce->plan->place;

	if (likely(i < swarm_peers(&ref->home->swarm))) {
		*place = place_of(ref, shape, i);
		if (likely(same_address(shape, place->address, announce->address)))
			return i;
	}
	i = find_peer_indexed(ref, shape, announce->address, plan_hash(ref, shape, announce));
	if (i != SWARM_NO_PEER)
		*place = place_of(ref, shape, i);
	return i;
}

// Nearly every announce in an indexed swarm: its peer is known and stays on its side. Returns false and does
// nothing for any other.
static __rte_always_inline bool
refresh_shaped(const struct swarm_ref *ref, struct shape shape, struct swarm_announce *announce)
{
	const struct swarm *swarm = &ref->home->swarm;

	struct place place;
	uint32_t i = find_planned(ref, shape, announce, &place);

	if (unlikely(
		    i == SWARM_NO_PEER || announce->seeder != (i >= swarm->leechers)
		    || announce->stopped
	    ))
		return false;
	clear_results(announce);
	note_time(ref, announce, place.word);
	if (shape.detail)
		announce->record = *place.record;
	announce->peer_count = select_peers_timed(ref, shape, announce, i);
	if (announce->plan->other != SWARM_NO_PEER)
		change_places(ref, shape, i, place, announce->plan);
	return true;
}

static __rte_always_inline void
announce_shaped(const struct swarm_ref *ref, struct shape shape, struct swarm_announce *announce)
{
	uint32_t i = find_peer(ref, shape, announce);

	clear_results(announce);
	if (unlikely(announce->stopped)) {
		if (shape.detail && i != SWARM_NO_PEER)
			announce->record = *place_of(ref, shape, i).record;
		if (i != SWARM_NO_PEER)
			remove_peer_of(ref, shape, i, source_of(ref, announce));
		announce->removed = announce->changed = i != SWARM_NO_PEER;
		return;
	}
	i = likely(i != SWARM_NO_PEER) ? update_peer(ref, shape, announce, i)
				       : add_peer(ref, shape, announce);
	if (shape.detail && i != SWARM_NO_PEER)
		announce->record = *place_of(ref, shape, i).record;
	announce->peer_count = select_peers_timed(ref, shape, announce, i);
	if (ref->home->swarm.indexed && !announce->changed && i != SWARM_NO_PEER
	    && announce->plan->other != SWARM_NO_PEER)
		change_places(ref, shape, i, place_of(ref, shape, i), announce->plan);
}

static __rte_always_inline bool
refresh(const struct swarm_ref *ref, struct shape shape, struct swarm_announce *announce)
{
	if (likely(ref->home->swarm.levels == SWARM_IN_CHUNKS))
		return refresh_shaped(ref, listed(shape), announce);
	return refresh_shaped(ref, shape, announce);
}

bool
swarm_refresh(const struct swarm_ref *ref, struct swarm_announce *announce)
{
	bool detail = ref->store->detail;

	if (unlikely(!ref->home->swarm.indexed))
		return false;
	if (ref->family == FAMILY_IPV4 && !detail)
		return refresh(ref, shape_ipv4_plain, announce);
	if (ref->family == FAMILY_IPV4)
		return refresh(ref, shape_ipv4_detail, announce);
	if (!detail)
		return refresh(ref, shape_ipv6_plain, announce);
	return refresh(ref, shape_ipv6_detail, announce);
}

void
swarm_announce(const struct swarm_ref *ref, struct swarm_announce *announce)
{
	bool detail = ref->store->detail;

	if (ref->family == FAMILY_IPV4 && !detail)
		announce_shaped(ref, shape_ipv4_plain, announce);
	else if (ref->family == FAMILY_IPV4)
		announce_shaped(ref, shape_ipv4_detail, announce);
	else if (!detail)
		announce_shaped(ref, shape_ipv6_plain, announce);
	else
		announce_shaped(ref, shape_ipv6_detail, announce);
}

unsigned
swarm_sweep(
	const struct swarm_ref *ref,
	uint32_t *peer,
	unsigned budget,
	uint16_t now,
	uint16_t timeout,
	uint32_t *removed
)
{
	struct shape shape = shape_of(ref->family, ref->store->detail);
	unsigned looked = 0;

	for (; looked < budget && *peer < swarm_peers(&ref->home->swarm); looked++) {
		uint16_t age = (now - *place_of(ref, shape, *peer).word) & SWARM_TIME_MAX;

		if (age <= timeout) {
			++*peer;
			continue;
		}
		remove_peer(ref, shape, *peer);
		++*removed;
	}
	return looked;
}

unsigned
swarm_clear(const struct swarm_ref *ref, unsigned budget)
{
	struct shape shape = shape_of(ref->family, ref->store->detail);
	unsigned removed = 0;

	for (; removed < budget && swarm_peers(&ref->home->swarm) > 0; removed++)
		remove_peer(ref, shape, swarm_peers(&ref->home->swarm) - 1);
	return removed;
}

const uint8_t *
swarm_peer(
	const struct swarm_ref *ref,
	uint32_t i,
	uint16_t *time,
	const struct swarm_record **record
)
{
	bool detail = ref->store->detail;
	struct place place = place_of(ref, shape_of(ref->family, detail), i);

	*time = *place.word & SWARM_TIME_MAX;
	*record = detail ? pool_at(&ref->store->records, *place.record) : NULL;
	return place.address;
}

// Bytes of lines and chunks that a peer takes at most, beside the home of its swarm: at the start of a second
// line, or chunk, or of a third chunk.
static uint32_t
bytes_a_peer_at_most(struct shape shape)
{
	uint32_t lines = 2 * LINE_BYTES / (shape.per_line + 1) + 1;
	uint32_t two = 2 * SLAB_CHUNK_BYTES / (SWARM_LIST * shape.per_line + 1) + 1;
	uint32_t three = 3 * SLAB_CHUNK_BYTES / (2 * shape.per_chunk + 1) + 1;

	return RTE_MAX(RTE_MAX(two, three), lines);
}

uint32_t
swarm_chunks(enum family family, bool detail, uint32_t peers, uint32_t torrents)
{
	struct shape shape = shape_of(family, detail);
	uint64_t chunks = (uint64_t)peers / shape.per_chunk + 1;

	if (family == FAMILY_IPV4)
		chunks += chunks / 16;
	else
		chunks = ((uint64_t)peers * bytes_a_peer_at_most(shape)
			  + (uint64_t)RTE_MIN(peers, torrents) * LINE_BYTES)
				/ SLAB_CHUNK_BYTES
			+ 1;
	return (uint32_t)RTE_MIN(chunks + SWARM_LEVELS_MAX + 2, (uint64_t)SWARM_CHUNKS_MAX);
}
