// SPDX-License-Identifier: BSD-3-Clause

#include "budget_charge.h"

#include <arpa/inet.h>
#include <stdio.h>

enum {
	LOT = 4096, // sixteenths: the least work between two lots, half of the most
	DEEPEST = 8, // bursts shrink to 1 / 2^8
	DEAREST = 8, // prices grow to this many times
};

void
budget_init(struct budget *budget, const struct siphash_key *key, unsigned ipv6_prefix, uint64_t hz)
{
	memset(budget, 0, sizeof(*budget));
	for (unsigned i = 0; i < RTE_DIM(budget->keys); i++) {
		uint64_t word[2] = {0x627564676574, i}; // "budget"

		budget->keys[i] = siphash24(key, word, sizeof(word)) | i % 2; // factors are odd
	}
	budget->mask = ~UINT64_C(0) << (64 - ipv6_prefix);
	budget->has_networks = ipv6_prefix > BUDGET_NETWORK_BITS;
	budget->hz = hz;
	busy_init(&budget->busy, hz);
	budget_set(budget, &(struct budget_limits){0});
}

static void
set_rate(struct sketch_rate *rate, uint32_t units, uint64_t burst, unsigned least, uint64_t hz)
{
	if (units == 0) // nothing costs anything
		*rate = (struct sketch_rate){.burst_tsc = UINT64_MAX / 4};
	else
		sketch_rate_set(rate, units, burst, least, hz);
}

void
budget_set(struct budget *budget, const struct budget_limits *limits)
{
	set_rate(&budget->rate, limits->work, limits->burst, BUDGET_PRICE_MAX, budget->hz);
	set_rate(
		&budget->connects_rate,
		limits->connects,
		(uint64_t)limits->connects * BUDGET_CONNECTS_S,
		BUDGET_SIXTEENTHS,
		budget->hz
	);
	budget->in_force = budget->rate;
}

void
budget_press(struct budget *budget, unsigned pressure)
{
	unsigned step = BUDGET_PRESSURE_MAX / DEEPEST;
	uint64_t burst_tsc = budget->rate.burst_tsc >> pressure / step;
	uint64_t times = BUDGET_PRESSURE_MAX + (DEAREST - 1) * pressure; // / BUDGET_PRESSURE_MAX

	burst_tsc -= burst_tsc / (2 * step) * (pressure % step); // between two powers of two
	budget->in_force.cost = budget->rate.cost * times / BUDGET_PRESSURE_MAX;
	budget->in_force.burst_tsc =
		RTE_MAX(burst_tsc, sketch_cost_tsc(budget->in_force.cost, BUDGET_PRICE_MAX));
}

void
budget_name_text(const struct budget *budget, uint64_t name, char *text, size_t size)
{
	uint64_t word = rte_cpu_to_be_64(name);
	uint8_t bytes[16] = {0};
	char address[INET6_ADDRSTRLEN];

	memcpy(bytes, &word, sizeof(word));
	if (name >> 32 == UINT32_MAX) {
		inet_ntop(AF_INET, bytes + 4, text, (socklen_t)size);
		return;
	}
	inet_ntop(AF_INET6, bytes, address, sizeof(address));
	snprintf(text, size, "%s/%d", address, __builtin_popcountll(budget->mask));
}

// After a change of rates a bucket may be emptier than empty.
static void
clip(struct budget *budget, struct sketch *cells, const struct budget_source *source, uint64_t tsc)
{
	uint64_t burst_tsc = cells == &budget->work_cells ? budget->rate.burst_tsc
							  : budget->connects_rate.burst_tsc;

	sketch_clip(cells, source->hash, burst_tsc, tsc);
	if (source->network != 0)
		sketch_clip(cells, source->network, burst_tsc, tsc);
}

bool
budget_connect_refuse(struct budget *budget, const struct budget_source *source, uint64_t tsc)
{
	clip(budget, &budget->connect_cells, source, tsc);
	return false;
}

static void
count_refusal(struct budget *budget, struct busy_state *state, uint64_t tsc)
{
	budget->look_until_tsc = tsc + budget->hz;
	state->full_tsc = RTE_MIN(state->full_tsc, tsc + budget->rate.burst_tsc);
	__atomic_store_n(&state->refused, state->refused + 1, __ATOMIC_RELAXED);
}

bool
budget_look(struct budget *budget, const struct budget_source *source, uint64_t limit, uint64_t tsc)
{
	struct busy_state *state = busy_find(&budget->busy, source->name, source->hash);

	if (state == NULL || state->full_tsc <= limit)
		return false;
	clip(budget, &budget->work_cells, source, tsc);
	count_refusal(budget, state, tsc);
	return true;
}

bool
budget_refuse(
	struct budget *budget,
	const struct budget_source *source,
	struct busy_state *state,
	uint64_t tsc
)
{
	clip(budget, &budget->work_cells, source, tsc);
	if (state == NULL)
		state = busy_enter(
			&budget->busy,
			source->name,
			source->hash,
			sketch_level(&budget->work_cells, source->hash, tsc),
			tsc
		);
	if (state != NULL)
		count_refusal(budget, state, tsc);
	return false;
}

// The work since the last lot goes to the recent work of all; the source whose request crossed the line gets
// an entry. The distance of lots varies, so that nobody can step over them.
void
budget_draw(
	struct budget *budget,
	const struct budget_source *source,
	struct busy_state *state,
	unsigned sixteenths,
	uint64_t full_tsc,
	uint64_t tsc
)
{
	uint64_t since = budget->work - budget->drawn;

	busy_add(&budget->busy, &budget->all, since, tsc);
	budget->drawn = budget->work;
	budget->lot = budget->work + LOT + ((tsc ^ source->hash) & (LOT - 1));
	if (state != NULL)
		return;
	state = busy_enter(&budget->busy, source->name, source->hash, full_tsc, tsc);
	if (state != NULL)
		busy_add(&budget->busy, state, sixteenths, tsc);
}
