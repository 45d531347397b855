// SPDX-License-Identifier: BSD-3-Clause
// The plan of an announce: before it is carried out, its memory is prefetched in steps, each depending on what the
// one before has fetched. A burst takes one step for all its announces before the next.
//
// Owned by the worker of the swarm.

#pragma once

#include <stdbool.h>
#include <stdint.h>

struct swarm_ref;

struct swarm_plan {
	uint64_t hash; // of the peer, if the swarm is indexed; else 0
	uint64_t random; // selects the peers of the reply, and places
};

// The steps, for a swarm that has lines or chunks, and the address, seeder and num_want of its announce. Only the
// first one is required. They change nothing but the store's rng.

// Begins a plan, and fetches the peer's entry in the index and the peers for the reply, or the nodes above these.
void swarm_plan_begin(
	const struct swarm_ref *ref,
	const uint8_t *address,
	bool seeder,
	uint16_t num_want,
	struct swarm_plan *plan
);

// The peers for the reply below nodes.
void swarm_plan_runs(
	const struct swarm_ref *ref,
	bool seeder,
	uint16_t num_want,
	const struct swarm_plan *plan
);

// The peer itself, and what it needs to change places with another one.
void swarm_plan_peer(const struct swarm_ref *ref, bool seeder, const struct swarm_plan *plan);
