// SPDX-License-Identifier: BSD-3-Clause
// Selects the peers for a reply. For swarm.c alone.

#pragma once

#include "swarm_lines_inline.h"

// Copies peers [from, to) to `out`. Returns the end of the copy.
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

// Candidates are the peers from the first on, without the client itself. Candidate c is peer c, or peer
// c + 1 from the client's position on. Copies candidates [from, to).
static __rte_always_inline uint8_t *
copy_candidates(
	const struct swarm_ref *ref,
	struct shape shape,
	uint32_t self,
	uint32_t from,
	uint32_t to,
	uint8_t *out
)
{
	if (to <= self)
		return copy_range(ref, shape, from, to, out);
	if (from < self)
		out = copy_range(ref, shape, from, self, out);
	return copy_range(ref, shape, RTE_MAX(from, self) + 1, to + 1, out);
}

// For more candidates than wanted: short runs of peers with random gaps, starting at a random candidate and
// wrapping around. The gaps add up to less than one round, so no peer is selected twice, and the random
// start makes all equally likely whatever the gaps are.
struct runs {
	uint32_t first; // first candidate of the next run
	uint32_t left; // number of candidates still wanted
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
	uint32_t self,
	uint32_t count,
	struct rng rng,
	uint16_t want,
	uint8_t *out
)
{
	struct runs runs = runs_start(&rng, count, want);

	while (runs.left > 0) {
		uint32_t run = RTE_MIN(runs.left, (uint32_t)SWARM_RUN);
		uint32_t contiguous = RTE_MIN(run, count - runs.first);

		out = copy_candidates(ref, shape, self, runs.first, runs.first + contiguous, out);
		if (contiguous < run)
			out = copy_candidates(ref, shape, self, 0, run - contiguous, out);
		runs_next(&runs, &rng, count);
	}
}

// Selects for a seeder the leechers, for a leecher all other peers.
static __rte_always_inline uint16_t
select_peers(
	const struct swarm_ref *ref,
	struct shape shape,
	const struct swarm_announce *announce,
	uint32_t self
)
{
	uint32_t count = announce->seeder ? ref->swarm->leechers : swarm_peers(ref->swarm);

	if (self >= count)
		self = count; // behind all candidates: none is left out
	else
		count--;
	if (count <= announce->num_want) {
		copy_candidates(ref, shape, self, 0, count, announce->out);
		return (uint16_t)count;
	}
	if (announce->num_want > 0)
		copy_runs(
			ref,
			shape,
			self,
			count,
			announce->plan->rng,
			announce->num_want,
			announce->out
		);
	return announce->num_want;
}
