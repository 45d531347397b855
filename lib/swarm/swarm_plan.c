// SPDX-License-Identifier: BSD-3-Clause
// Plans announces, and prefetches what they need.

#include "swarm_plan.h"

#include "swarm_change_inline.h"
#include "swarm_select_inline.h"

#include <rte_prefetch.h>

static __rte_always_inline void
prefetch_peers(const struct swarm_ref *ref, struct shape shape, uint32_t from, uint32_t to)
{
	while (from < to) {
		struct span span = span_of(ref, shape, from);
		uint32_t here = RTE_MIN(to - from, span.count);

		for (uint32_t at = 0; at < here * shape.stride; at += LINE_BYTES)
			rte_prefetch0(span.place.address + at);
		rte_prefetch0(span.place.address + here * shape.stride - 1);
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
	if (first + length > count)
		prefetch_peers(ref, shape, 0, first + length - count);
}

// The place with which an announcing peer changes, as far as the plan can know its side.
static __rte_always_inline uint32_t
other_place(const struct swarm *swarm, bool seeder, const struct swarm_plan *plan)
{
	return random_place(swarm, seeder ? swarm->leechers : 0, plan->random);
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
	uint32_t count = seeder ? swarm->leechers : swarm_peers(swarm);

	if (count <= num_want) {
		prefetch_peers(ref, shape, 0, count);
	} else if (num_want > 0) {
		struct runs runs = plan_runs(plan, count, num_want);

		prefetch_run(ref, shape, count, runs.first, runs.length);
		prefetch_run(ref, shape, count, runs.second, num_want - runs.length);
	}
	if (plan->hash != 0 && plan_shuffles(plan)) {
		uint32_t other = other_place(swarm, seeder, plan);

		if (other < swarm_peers(swarm))
			prefetch_peer(ref, shape, other);
	}
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
prefetch_nodes(
	const struct swarm_ref *ref,
	struct shape shape,
	bool seeder,
	uint16_t num_want,
	const struct swarm_plan *plan
)
{
	const struct swarm *swarm = &ref->home->swarm;
	uint32_t count = seeder ? swarm->leechers : swarm_peers(swarm);

	if (count > num_want) {
		struct runs runs = plan_runs(plan, count, num_want);

		prefetch_node(ref, runs.first / shape.per_chunk);
		prefetch_node(ref, runs.second / shape.per_chunk);
	}
	if (plan_shuffles(plan))
		prefetch_node(ref, other_place(swarm, seeder, plan) / shape.per_chunk);
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

	if (swarm->indexed) {
		plan->hash = index_hash(ref, shape, address);
		rte_prefetch0(peer_index_bucket(&ref->store->index, plan->hash));
	} else {
		prefetch_peers(ref, shape, 0, swarm_peers(swarm)); // to search them
	}
	if (unlikely(swarm->levels > SWARM_IN_CHUNKS))
		prefetch_nodes(ref, shape, seeder, num_want, plan);
	else if (swarm->indexed)
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

	*plan = (struct swarm_plan){.random = rng_next(&ref->store->rng)};
	if (ref->home->swarm.levels == SWARM_IN_HOME)
		return;
	if (ref->family == FAMILY_IPV4 && !detail)
		plan_shaped(ref, shape_ipv4_plain, address, seeder, num_want, plan);
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
	struct shape shape = shape_of(ref->family, ref->store->detail);

	if (ref->home->swarm.levels > SWARM_IN_CHUNKS)
		prefetch_runs(ref, shape, seeder, num_want, plan);
}

static __rte_always_inline void
plan_peer_shaped(
	const struct swarm_ref *ref,
	struct shape shape,
	bool seeder,
	const struct swarm_plan *plan
)
{
	const struct swarm *swarm = &ref->home->swarm;
	struct peer_index_walk walk = peer_index_walk(&ref->store->index, plan->hash);
	uint32_t i = peer_index_next(&walk);

	if (i < swarm_peers(swarm))
		prefetch_peer(ref, shape, i);
	if (!plan_shuffles(plan))
		return;
	uint32_t other = other_place(swarm, seeder, plan);

	if (other < swarm_peers(swarm))
		rte_prefetch0(peer_index_bucket(
			&ref->store->index, index_hash(ref, shape, address_of(ref, shape, other))
		));
}

void
swarm_plan_peer(const struct swarm_ref *ref, bool seeder, const struct swarm_plan *plan)
{
	bool detail = ref->store->detail;

	if (plan->hash == 0 || !ref->home->swarm.indexed)
		return;
	if (ref->family == FAMILY_IPV4 && !detail)
		plan_peer_shaped(ref, shape_ipv4_plain, seeder, plan);
	else
		plan_peer_shaped(ref, shape_of(ref->family, detail), seeder, plan);
}
