// SPDX-License-Identifier: BSD-3-Clause
// The operations on a swarm, written once for all shapes of lines. swarm_announce passes the shape as a
// constant, so that the compiler makes one copy for each.

#include "swarm.h"

#include "swarm_change_inline.h"
#include "swarm_select_inline.h"

#include <rte_prefetch.h>

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
announce_shaped(const struct swarm_ref *ref, struct shape shape, struct swarm_announce *announce)
{
	uint32_t i = find_peer(ref, shape, announce);

	announce->full = SWARM_STORED;
	announce->added = announce->removed = false;
	announce->changed = announce->finished = false;
	announce->peer_count = 0;
	announce->record = POOL_NONE;
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
}

// --- prefetching --------------------------------------------------------------------------------

static __rte_always_inline void
prefetch_lines(const struct swarm_ref *ref, struct shape shape, uint32_t from, uint32_t to)
{
	for (uint32_t i = from; i < to; i += shape.per_line)
		rte_prefetch0(line_of(ref, i / shape.per_line));
}

static __rte_always_inline void
prepare_shaped(
	const struct swarm_ref *ref,
	struct shape shape,
	const uint8_t *address,
	bool seeder,
	uint16_t num_want,
	struct swarm_plan *plan
)
{
	const struct swarm *swarm = ref->swarm;
	uint32_t count = seeder ? swarm->leechers : swarm_peers(swarm);

	if (swarm->indexed) {
		plan->hash = index_hash(ref, shape, address);
		rte_prefetch0(peer_index_bucket(&ref->store->index, plan->hash));
	} else {
		prefetch_lines(ref, shape, 0, swarm_peers(swarm));
	}
	if (count <= num_want)
		prefetch_lines(ref, shape, 0, count);
	if (count <= num_want || num_want == 0)
		return;
	struct rng rng = plan->rng;

	for (struct runs runs = runs_start(&rng, count, num_want); runs.left > 0;
	     runs_next(&runs, &rng, count)) {
		uint32_t last = RTE_MIN(runs.first + SWARM_RUN - 1, count - 1);

		for (uint32_t n = runs.first / shape.per_line; n <= last / shape.per_line; n++)
			rte_prefetch0(line_of(ref, n));
	}
}

// The shape of a swarm, for functions that do not need a constant.
static struct shape
shape_of(enum family family, bool detail)
{
	if (family == FAMILY_IPV4)
		return detail ? shape_ipv4_detail : shape_ipv4_plain;
	return detail ? shape_ipv6_detail : shape_ipv6_plain;
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

void
swarm_prepare_root(const struct swarm_ref *ref, struct swarm_plan *plan)
{
	plan->hash = 0;
	plan->rng.state = rng_next(&ref->store->rng);
	if (ref->swarm->levels > 0)
		rte_prefetch0(children_of(ref, ref->swarm->root));
}

// Prefetches only nodes directly below the root: deeper trees are rare, and their upper nodes are cached.
void
swarm_prepare_nodes(
	const struct swarm_ref *ref,
	bool seeder,
	uint16_t num_want,
	const struct swarm_plan *plan
)
{
	const struct swarm *swarm = ref->swarm;
	struct shape shape = shape_of(ref->family, ref->store->detail);
	uint32_t count = seeder ? swarm->leechers : swarm_peers(swarm);
	struct rng rng = plan->rng;

	if (swarm->levels < 2 || count <= num_want || num_want == 0)
		return;
	const uint32_t *children = children_of(ref, swarm->root);
	unsigned shift = 4 * (swarm->levels - 2u);

	for (struct runs runs = runs_start(&rng, count, num_want); runs.left > 0;
	     runs_next(&runs, &rng, count))
		rte_prefetch0(children_of(ref, children[runs.first / shape.per_line >> shift]));
}

void
swarm_prepare(
	const struct swarm_ref *ref,
	const uint8_t *address,
	bool seeder,
	uint16_t num_want,
	struct swarm_plan *plan
)
{
	if (ref->swarm->levels == 0)
		return;
	if (ref->family == FAMILY_IPV4 && !ref->store->detail)
		prepare_shaped(ref, shape_ipv4_plain, address, seeder, num_want, plan);
	else
		prepare_shaped(
			ref,
			shape_of(ref->family, ref->store->detail),
			address,
			seeder,
			num_want,
			plan
		);
}

void
swarm_prepare_peer(const struct swarm_ref *ref, const struct swarm_plan *plan)
{
	struct shape shape = shape_of(ref->family, ref->store->detail);

	if (plan->hash == 0)
		return;
	struct peer_index_walk walk = peer_index_walk(&ref->store->index, plan->hash);
	uint32_t i = peer_index_next(&walk);

	if (i < swarm_peers(ref->swarm))
		rte_prefetch0(line_of(ref, i / shape.per_line));
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

	for (; looked < budget && *peer < swarm_peers(ref->swarm); looked++) {
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

	for (; removed < budget && swarm_peers(ref->swarm) > 0; removed++)
		remove_peer(ref, shape, swarm_peers(ref->swarm) - 1);
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

uint32_t
swarm_nodes(enum family family, bool detail, uint32_t peers, uint32_t torrents)
{
	uint32_t per_line = shape_of(family, detail).per_line;
	uint64_t lines = (uint64_t)peers / per_line + 1;
	uint64_t above; // nodes above lines

	if (family == FAMILY_IPV4) { // the smallest swarms need neither lines nor nodes
		lines += lines / 4;
		above = lines / (SWARM_NODE_CHILDREN - 1);
	} else { // the last line of a swarm, and the node above it, may not be full
		lines += RTE_MIN(peers, torrents);
		above = lines / (SWARM_NODE_CHILDREN - 1)
			+ RTE_MIN(peers / (per_line + 1), torrents)
			+ peers / (SWARM_NODE_CHILDREN * per_line);
	}
	return (uint32_t)RTE_MIN(lines + above + SWARM_LEVELS_MAX + 4, (uint64_t)SWARM_NODES_MAX);
}
