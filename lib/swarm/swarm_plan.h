// SPDX-License-Identifier: BSD-3-Clause
// The plan of an announce: before it is carried out, its memory is prefetched in steps, each depending on what the
// one before has fetched. A burst takes one step for all its announces before the next.
//
// Owned by the worker of the swarm.

#pragma once

#include <stdbool.h>
#include <stdint.h>

struct swarm_ref;

// Of more candidates than wanted, a reply has two straight runs. A random gap lies between them, so that
// neighbours, which often meet in replies, are fewer than with one run.
struct swarm_runs {
	uint32_t count; // of candidates; 0: not drawn yet
	uint32_t first, second; // where they start
	uint32_t length; // of the first one; the second one has the rest
};

// What the steps found out may change before the announce is carried out. It checks the places, of itself and of
// the other peer, by the address that is there.
struct swarm_plan {
	uint64_t hash; // of the peer, if the swarm is indexed; else 0
	uint64_t random; // selects the peers of the reply, and places
	struct swarm_runs runs;
	uint32_t *entry; // of the peer in the index, or NULL
	uint32_t place; // where the peer is, by that entry
	uint32_t other; // the place of the peer with which it changes places, or SWARM_NO_PEER
	uint64_t other_hash; // of the peer there, once its address is known; else 0
	uint8_t other_address[18];
};

// The steps, for a swarm that has lines or chunks, and the address, seeder and num_want of its announce. Only the
// first one is required. They change nothing but the plan and the store's rng.

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
void swarm_plan_peer(const struct swarm_ref *ref, struct swarm_plan *plan);
