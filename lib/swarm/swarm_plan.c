// SPDX-License-Identifier: BSD-3-Clause
// Plans announces, and prefetches what they need.

#include "swarm_plan.h"

#include "swarm_change_inline.h"
#include "swarm_plan_inline.h"

#include <rte_prefetch.h>

// The lines of one or more addresses. Half a reply is in two or three, so this does not branch on their number.
static __rte_always_inline void
prefetch_addresses(const uint8_t *from, uint32_t bytes)
{
	const uint8_t *last = from + bytes - 1;

	rte_prefetch0(from);
	rte_prefetch0(RTE_MIN(from + LINE_BYTES, last));
	rte_prefetch0(last);
	for (from += 2 * LINE_BYTES; unlikely(from < last); from += LINE_BYTES)
		rte_prefetch0(from);
}

static __rte_always_inline void
prefetch_peers(const struct swarm_ref *ref, struct shape shape, uint32_t from, uint32_t to)
{
	while (from < to) {
		struct span span = span_of(ref, shape, from);
		uint32_t here = RTE_MIN(to - from, span.count);

		prefetch_addresses(span.place.address, here * shape.stride);
		from += here;
	}
}

static __rte_always_inline void
prefetch_peer(const struct swarm_ref *ref, struct shape shape, uint32_t i)
{
	struct place place = place_of(ref, shape, i);

	rte_prefetch0(place.address);
	rte_prefetch0(place.word);
	if (shape.stride > 6)
		rte_prefetch0(place.address + shape.stride - 1);
	if (shape.detail)
		rte_prefetch0(place.record);
}

static __rte_always_inline void
prefetch_run(
	const struct swarm_ref *ref,
	struct shape shape,
	uint32_t count,
	uint32_t first,
	uint32_t length
)
{
	prefetch_peers(ref, shape, first, RTE_MIN(first + length, count));
	if (unlikely(first + length > count))
		prefetch_peers(ref, shape, 0, first + length - count);
}

// Draws what the announce does in an indexed swarm, if the peer is stored and stays on its side.
static __rte_always_inline void
decide(const struct swarm *swarm, bool seeder, uint16_t num_want, struct swarm_plan *plan)
{
	uint32_t count = seeder ? swarm->leechers : swarm_peers(swarm) - 1;

	if (num_want > 0 && count > num_want)
		plan->runs = draw_runs(plan->random, count, num_want);
	if (plan->random % SWARM_SHUFFLE == 0)
		plan->other = random_place(swarm, seeder ? swarm->leechers : 0, plan->random);
}

static __rte_always_inline void
prefetch_runs(
	const struct swarm_ref *ref,
	struct shape shape,
	bool seeder,
	uint16_t num_want,
	const struct swarm_plan *plan
)
{
	const struct swarm *swarm = &ref->home->swarm;
	const struct swarm_runs *runs = &plan->runs;
	uint32_t count = seeder ? swarm->leechers : swarm_peers(swarm);

	if (likely(runs->count != 0)) {
		prefetch_run(ref, shape, count, runs->first, runs->length);
		prefetch_run(ref, shape, count, runs->second, num_want - runs->length);
	} else {
		prefetch_peers(ref, shape, 0, RTE_MIN(count, (uint32_t)num_want));
	}
	if (plan->other < swarm_peers(swarm))
		prefetch_peer(ref, shape, plan->other);
}

// The entry of chunk n in the lowest node above it. Upper nodes are few, and in the cache.
static __rte_always_inline void
prefetch_node(const struct swarm_ref *ref, uint32_t n)
{
	unsigned shift = list_shift(&ref->home->swarm) - NODE_BITS;
	const uint32_t *children = node_children(ref, ref->home->list[n >> (shift + NODE_BITS)]);

	for (; shift > 0; shift -= NODE_BITS)
		children = node_children(ref, children[n >> shift & (NODE_CHILDREN - 1)]);
	rte_prefetch0(&children[n & (NODE_CHILDREN - 1)]);
}

static __rte_noinline void
prefetch_nodes(const struct swarm_ref *ref, struct shape shape, const struct swarm_plan *plan)
{
	if (plan->runs.count != 0) {
		prefetch_node(ref, plan->runs.first / shape.per_chunk);
		prefetch_node(ref, plan->runs.second / shape.per_chunk);
	}
	if (plan->other < swarm_peers(&ref->home->swarm))
		prefetch_node(ref, plan->other / shape.per_chunk);
}

static __rte_always_inline void
plan_shaped(
	const struct swarm_ref *ref,
	struct shape shape,
	const uint8_t *address,
	bool seeder,
	uint16_t num_want,
	struct swarm_plan *plan
)
{
	const struct swarm *swarm = &ref->home->swarm;

	if (!swarm->indexed) {
		prefetch_peers(ref, shape, 0, swarm_peers(swarm)); // to search them
		return;
	}
	plan->hash = index_hash(ref, shape, address);
	rte_prefetch0(peer_index_bucket(&ref->store->index, plan->hash));
	decide(swarm, seeder, num_want, plan);
	if (likely(swarm->levels == SWARM_IN_CHUNKS))
		prefetch_runs(ref, listed(shape), seeder, num_want, plan);
	else if (swarm->levels > SWARM_IN_CHUNKS)
		prefetch_nodes(ref, shape, plan);
	else
		prefetch_runs(ref, shape, seeder, num_want, plan);
}

void
swarm_plan_begin(
	const struct swarm_ref *ref,
	const uint8_t *address,
	bool seeder,
	uint16_t num_want,
	struct swarm_plan *plan
)
{
	bool detail = ref->store->detail;

	plan->random = rng_next(&ref->store->rng);
	plan->hash = 0;
	plan->runs.count = 0;
	plan->entry = NULL;
	plan->place = plan->other = SWARM_NO_PEER;
	plan->other_hash = 0;
	if (ref->home->swarm.levels == SWARM_IN_HOME)
		return;
	if (ref->family == FAMILY_IPV4 && !detail)
		plan_shaped(ref, shape_ipv4_plain, address, seeder, num_want, plan);
	else if (ref->family == FAMILY_IPV4)
		plan_shaped(ref, shape_ipv4_detail, address, seeder, num_want, plan);
	else
		plan_shaped(ref, shape_of(ref->family, detail), address, seeder, num_want, plan);
}

void
swarm_plan_runs(
	const struct swarm_ref *ref,
	bool seeder,
	uint16_t num_want,
	const struct swarm_plan *plan
)
{
	if (likely(ref->home->swarm.levels <= SWARM_IN_CHUNKS))
		return;
	struct shape shape = shape_of(ref->family, ref->store->detail);

	prefetch_runs(ref, shape, seeder, num_want, plan);
}

static __rte_always_inline void
plan_peer_shaped(const struct swarm_ref *ref, struct shape shape, struct swarm_plan *plan)
{
	const struct peer_index *index = &ref->store->index;
	uint32_t count = swarm_peers(&ref->home->swarm);

	plan->entry = peer_index_guess(index, plan->hash);
	if (likely(plan->entry != NULL))
		plan->place = peer_index_position(*plan->entry);
	if (likely(plan->place < count))
		prefetch_peer(ref, shape, plan->place);
	if (plan->other >= count)
		return;
	const uint8_t *address = address_of(ref, shape, plan->other);

	memcpy(plan->other_address, address, shape.stride);
	plan->other_hash = index_hash(ref, shape, address);
	rte_prefetch0(peer_index_bucket(index, plan->other_hash));
}

static __rte_always_inline void
plan_peer(const struct swarm_ref *ref, struct shape shape, struct swarm_plan *plan)
{
	if (likely(ref->home->swarm.levels == SWARM_IN_CHUNKS))
		plan_peer_shaped(ref, listed(shape), plan);
	else
		plan_peer_shaped(ref, shape, plan);
}

void
swarm_plan_peer(const struct swarm_ref *ref, struct swarm_plan *plan)
{
	bool detail = ref->store->detail;

	if (plan->hash == 0 || !ref->home->swarm.indexed)
		return;
	if (ref->family == FAMILY_IPV4 && !detail)
		plan_peer(ref, shape_ipv4_plain, plan);
	else if (ref->family == FAMILY_IPV4)
		plan_peer(ref, shape_ipv4_detail, plan);
	else
		plan_peer_shaped(ref, shape_of(ref->family, detail), plan);
}
