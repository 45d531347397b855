// SPDX-License-Identifier: BSD-3-Clause
// Selects the peers for a reply. For swarm.c and swarm_plan.c.

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

// Of more candidates than wanted, a reply has two straight runs. A random gap lies between them, so that
// neighbours, which often meet in replies, are fewer than with one run.
struct runs {
	uint32_t first, second; // where they start
	uint32_t length; // of the first one; the second one has the rest
};

// All candidates are equally likely, because the first run starts anywhere; both wrap around behind the last
// one. Together with the gap they are shorter than one round, so no candidate is selected twice.
static __rte_always_inline struct runs
plan_runs(const struct swarm_plan *plan, uint32_t count, uint32_t want)
{
	uint64_t gaps = count - want + 1;
	uint32_t length = (want + 1) / 2;
	uint32_t first = (uint32_t)((uint64_t)(uint32_t)plan->random * count >> 32);
	uint32_t second = first + length + (uint32_t)((uint32_t)(plan->random >> 16) * gaps >> 32);

	return (struct runs){first, second < count ? second : second - count, length};
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
	uint32_t here = RTE_MIN(length, count - first);

	out = copy_candidates(ref, shape, self, first, first + here, out);
	if (here < length)
		out = copy_candidates(ref, shape, self, 0, length - here, out);
	return out;
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
	struct runs runs = plan_runs(announce->plan, count, want);
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
