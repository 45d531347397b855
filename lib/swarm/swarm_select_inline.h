// SPDX-License-Identifier: BSD-3-Clause
// Which peers a client gets. Inside swarm.c alone.

#pragma once

#include "swarm_lines_inline.h"

// Peers [from, to) to `out`. Returns where they end.
static __rte_always_inline uint8_t *
copy_range(
	const struct swarm_ref *ref,
	struct shape shape,
	uint32_t from,
	uint32_t to,
	uint8_t *out
)
{
	while (from < to) {
		uint32_t here = swarm_is_inside(ref)
			? to - from
			: RTE_MIN(to - from, shape.per_line - from % shape.per_line);
		const uint8_t *source = address_of(ref, shape, from);

		out = copy_addresses(shape, source, here, out);
		from += here;
	}
	return out;
}

// Candidates: peers from the first on, but the asker. Candidate c is peer c, or one further from
// the asker's place on. Copies candidates [from, to).
static __rte_always_inline uint8_t *
copy_candidates(
	const struct swarm_ref *ref,
	struct shape shape,
	uint32_t asker,
	uint32_t from,
	uint32_t to,
	uint8_t *out
)
{
	if (to <= asker)
		return copy_range(ref, shape, from, to, out);
	if (from < asker)
		out = copy_range(ref, shape, from, asker, out);
	return copy_range(ref, shape, RTE_MAX(from, asker) + 1, to + 1, out);
}

// More candidates than wanted: short runs with random gaps, the whole turned by a random angle.
// The gaps add up to less than a turn, so nobody comes twice; turning makes everybody equally
// likely whatever the gaps are.
struct runs {
	uint32_t first; // candidate where the next run begins
	uint32_t left; // candidates still wanted
	uint32_t gap; // bound of each gap
};

static __rte_always_inline struct runs
runs_start(struct rng *rng, uint32_t count, uint32_t want)
{
	uint32_t runs = (want + SWARM_RUN - 1) / SWARM_RUN;

	return (struct runs){rng_below(rng, count), want, (count - want) / runs + 1};
}

static __rte_always_inline void
runs_next(struct runs *runs, struct rng *rng, uint32_t count)
{
	uint32_t run = RTE_MIN(runs->left, (uint32_t)SWARM_RUN);

	runs->left -= run;
	runs->first += run + rng_below(rng, runs->gap);
	if (runs->first >= count)
		runs->first -= count;
}

static __rte_always_inline void
copy_runs(
	const struct swarm_ref *ref,
	struct shape shape,
	uint32_t asker,
	uint32_t count,
	struct rng rng,
	uint16_t want,
	uint8_t *out
)
{
	struct runs runs = runs_start(&rng, count, want);

	while (runs.left > 0) {
		uint32_t run = RTE_MIN(runs.left, (uint32_t)SWARM_RUN);
		uint32_t straight = RTE_MIN(run, count - runs.first);

		out = copy_candidates(ref, shape, asker, runs.first, runs.first + straight, out);
		if (straight < run)
			out = copy_candidates(ref, shape, asker, 0, run - straight, out);
		runs_next(&runs, &rng, count);
	}
}

// A seeder gets leechers, a leecher everybody else.
static __rte_always_inline uint16_t
select_peers(
	const struct swarm_ref *ref,
	struct shape shape,
	const struct swarm_announce *announce,
	uint32_t asker
)
{
	uint32_t count = announce->seeder ? ref->swarm->leechers : swarm_peers(ref->swarm);

	if (asker >= count)
		asker = count; // behind all candidates: nobody is left out
	else
		count--;
	if (count <= announce->num_want) {
		copy_candidates(ref, shape, asker, 0, count, announce->out);
		return (uint16_t)count;
	}
	if (announce->num_want > 0)
		copy_runs(
			ref,
			shape,
			asker,
			count,
			announce->plan->rng,
			announce->num_want,
			announce->out
		);
	return announce->num_want;
}
