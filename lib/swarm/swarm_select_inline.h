// SPDX-License-Identifier: BSD-3-Clause
// Selects the peers for a reply. For swarm.c.

#pragma once

#include "swarm_lines_inline.h"
#include "swarm_plan_inline.h"

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
		struct span span = span_of(ref, shape, from);
		uint32_t here = RTE_MIN(to - from, span.count);

		out = copy_addresses(shape, span.place.address, here, out);
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

// A run that wraps around, has the client inside, or is empty.
static __rte_noinline uint8_t *
copy_broken_run(
	const struct swarm_ref *ref,
	struct shape shape,
	uint32_t self,
	uint32_t count,
	uint32_t first,
	uint32_t length,
	uint8_t *out
)
{
	uint32_t here = RTE_MIN(length, count - first);

	out = copy_candidates(ref, shape, self, first, first + here, out);
	if (here < length)
		out = copy_candidates(ref, shape, self, 0, length - here, out);
	return out;
}

static __rte_always_inline uint8_t *
copy_run(
	const struct swarm_ref *ref,
	struct shape shape,
	uint32_t self,
	uint32_t count,
	uint32_t first,
	uint32_t length,
	uint8_t *out
)
{
	uint32_t from = first + (self <= first);

	if (unlikely(first + length > count || self - first - 1 < length - 1))
		return copy_broken_run(ref, shape, self, count, first, length, out);
	return copy_range(ref, shape, from, from + length, out);
}

static __rte_always_inline void
copy_runs(
	const struct swarm_ref *ref,
	struct shape shape,
	const struct swarm_announce *announce,
	uint32_t self,
	uint32_t count
)
{
	uint32_t want = announce->num_want;
	struct swarm_runs runs = announce->plan->runs;

	if (unlikely(runs.count != count))
		runs = draw_runs(announce->plan->random, count, want);
	uint8_t *out = copy_run(ref, shape, self, count, runs.first, runs.length, announce->out);

	copy_run(ref, shape, self, count, runs.second, want - runs.length, out);
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
	const struct swarm *swarm = &ref->home->swarm;
	uint32_t count = announce->seeder ? swarm->leechers : swarm_peers(swarm);

	if (self >= count)
		self = count; // behind all candidates: none is left out
	else
		count--;
	if (count <= announce->num_want) {
		copy_candidates(ref, shape, self, 0, count, announce->out);
		return (uint16_t)count;
	}
	if (announce->num_want > 0)
		copy_runs(ref, shape, announce, self, count);
	return announce->num_want;
}
