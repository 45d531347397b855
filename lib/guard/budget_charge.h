// SPDX-License-Identifier: BSD-3-Clause
// Budgets (budget.h) on the way of a packet: its source, and what it is charged. The owner of the budget.

#pragma once

#include "budget.h"

// Parts of the functions below that few requests need. `state` is the source's entry, NULL if it has none.
bool budget_connect_refuse(struct budget *budget, const struct budget_source *source, uint64_t tsc);
bool budget_look(
	struct budget *budget,
	const struct budget_source *source,
	uint64_t limit,
	uint64_t tsc
);
bool budget_refuse(
	struct budget *budget,
	const struct budget_source *source,
	struct busy_state *state,
	uint64_t tsc
);
void budget_draw(
	struct budget *budget,
	const struct budget_source *source,
	struct busy_state *state,
	unsigned sixteenths,
	uint64_t full_tsc,
	uint64_t tsc
);

// Two multiplications with secret factors. The result never leaves Weir, so it needs to be unpredictable, not
// a MAC; SipHash costs five times as much.
static __rte_always_inline uint64_t
budget_hash(const struct budget *budget, uint64_t name)
{
	__uint128_t one = (__uint128_t)(name ^ budget->keys[0]) * budget->keys[1];
	uint64_t folded = (uint64_t)one ^ (uint64_t)(one >> 64) ^ budget->keys[2];
	__uint128_t two = (__uint128_t)folded * budget->keys[3];

	return (uint64_t)two ^ (uint64_t)(two >> 64);
}

// The source of an address: 4 or 16 bytes, network order.
static __rte_always_inline void
budget_source_of(
	const struct budget *budget,
	enum family family,
	const uint8_t *address,
	struct budget_source *source
)
{
	uint64_t word = UINT64_MAX;

	source->network = 0;
	if (family == FAMILY_IPV4) {
		memcpy((uint8_t *)&word + 4, address, 4);
		source->name = rte_be_to_cpu_64(word);
	} else {
		memcpy(&word, address, 8);
		word = rte_be_to_cpu_64(word);
		source->name = word & budget->mask;
		if (budget->has_networks) // inverted, it is no source: 2000::/3 becomes c000::/3
			source->network = budget_hash(budget, ~(word >> 16 << 16));
	}
	source->hash = budget_hash(budget, source->name);
}

static __rte_always_inline void
budget_prefetch(struct budget *budget, const struct budget_source *source, bool connect)
{
	struct sketch *cells = connect ? &budget->connect_cells : &budget->work_cells;

	sketch_prefetch(cells, source->hash);
	if (source->network != 0)
		sketch_prefetch(cells, source->network);
	if (!connect)
		busy_prefetch(&budget->busy, source->hash);
}

// Charges a connect, or a request with an expired id. Returns false if the source is over its limit.
static __rte_always_inline bool
budget_take_connect(struct budget *budget, const struct budget_source *source, uint64_t tsc)
{
	struct sketch *cells = &budget->connect_cells;
	uint64_t limit = tsc + budget->connects_rate.burst_tsc;
	uint64_t cost = sketch_cost_tsc(budget->connects_rate.cost, BUDGET_SIXTEENTHS);
	uint64_t level = sketch_level(cells, source->hash, tsc) + cost;

	if (unlikely(level > limit))
		return budget_connect_refuse(budget, source, tsc);
	if (source->network != 0) {
		uint64_t wide =
			sketch_level(cells, source->network, tsc) + cost / BUDGET_NETWORK_TIMES;

		if (unlikely(wide > limit))
			return budget_connect_refuse(budget, source, tsc);
		sketch_raise(cells, source->network, wide);
	}
	sketch_raise(cells, source->hash, level);
	return true;
}

// Looks whether a source has used up its budget for work, before anything else is done for its request. True
// only if its exact bucket says so: without one, budget_charge decides. If nobody was refused for a second, no
// source has to be looked at.
static __rte_always_inline bool
budget_is_spent(struct budget *budget, const struct budget_source *source, uint64_t tsc)
{
	if (likely(tsc >= budget->look_until_tsc))
		return false;
	uint64_t least = sketch_cost_tsc(budget->in_force.cost, BUDGET_SIXTEENTHS);
	uint64_t limit = tsc + budget->in_force.burst_tsc - least;

	return unlikely(sketch_level(&budget->work_cells, source->hash, tsc) > limit)
		&& budget_look(budget, source, limit, tsc);
}

// Charges the price of a request with a good id, in sixteenths of a unit, up to BUDGET_PRICE_MAX. Returns
// false if the source is over its budget.
static __rte_always_inline bool
budget_charge(
	struct budget *budget,
	const struct budget_source *source,
	unsigned sixteenths,
	uint64_t tsc
)
{
	struct sketch *cells = &budget->work_cells;
	uint64_t limit = tsc + budget->in_force.burst_tsc;
	uint64_t cost = sketch_cost_tsc(budget->in_force.cost, sixteenths);
	struct busy_state *state = busy_find(&budget->busy, source->name, source->hash);
	uint64_t full = (state == NULL ? sketch_level(cells, source->hash, tsc)
				       : RTE_MAX(state->full_tsc, tsc))
		+ cost;

	if (unlikely(full > limit))
		return budget_refuse(budget, source, state, tsc);
	if (source->network != 0) {
		uint64_t wide =
			sketch_level(cells, source->network, tsc) + cost / BUDGET_NETWORK_TIMES;

		if (unlikely(wide > limit))
			return budget_refuse(budget, source, state, tsc);
		sketch_raise(cells, source->network, wide);
	}
	sketch_raise(cells, source->hash, full);
	stats_add(&budget->work, sixteenths);
	if (state != NULL) {
		state->full_tsc = full;
		busy_add(&budget->busy, state, sixteenths, tsc);
	}
	if (unlikely(budget->work >= budget->lot))
		budget_draw(budget, source, state, sixteenths, full, tsc);
	return true;
}
