// SPDX-License-Identifier: BSD-3-Clause
// A swarm: the peers of one torrent in one address family.
//
// Two dense arrays side by side in one arena block: addresses exactly as a reply wants them
// (6 or 18 bytes), and a word for each. Seeders come first, leechers behind them, no gaps, so
// that a reply copies contiguous memory. Owned by the shard, so by one worker.

#pragma once

#include "../base/rng.h"
#include "../stats/verdict.h"
#include "arena.h"

#include <stdbool.h>
#include <stdint.h>

#define SWARM_NO_PEER UINT32_MAX

struct swarm {
	uint32_t block; // of the arena; meaningless while order is 0
	uint32_t seeders; // peers [0, seeders)
	uint32_t leechers; // peers [seeders, seeders + leechers)
	uint8_t order; // block's order + 1; 0: no block
};

static inline uint32_t
swarm_peers(const struct swarm *swarm)
{
	return swarm->seeders + swarm->leechers;
}

// Bytes of a peer's address and port: 6 or 18.
static inline unsigned
swarm_stride(enum family family)
{
	return family == FAMILY_IPV4 ? 6 : 18;
}

// Bytes of memory a peer takes in a full block.
static inline unsigned
swarm_peer_bytes(enum family family)
{
	return swarm_stride(family) + (unsigned)sizeof(uint32_t);
}

// The functions below take the arena and the family the swarm has lived with from its start
// (a swarm of zeros is an empty one). `address` is 6 or 18 bytes, network order.

// Index of a peer, or SWARM_NO_PEER.
uint32_t swarm_find(
	const struct swarm *swarm,
	const struct arena *arena,
	enum family family,
	const uint8_t *address
);

// Adds a peer that is not in it. Its index, or SWARM_NO_PEER where the arena has no room.
uint32_t swarm_add(
	struct swarm *swarm,
	struct arena *arena,
	enum family family,
	const uint8_t *address,
	bool seeder,
	uint32_t now_s
);

// Notes that peer i was heard of, and whether it is complete now. Returns its new index.
// *finished: it went from leecher to seeder, for the first time since it was added.
uint32_t swarm_touch(
	struct swarm *swarm,
	struct arena *arena,
	enum family family,
	uint32_t i,
	bool seeder,
	uint32_t now_s,
	bool *finished
);

// Removes peer i; the last peers move into the gap. An empty swarm holds no memory.
void swarm_remove(struct swarm *swarm, struct arena *arena, enum family family, uint32_t i);

// When peer i was last heard of (seconds, the clock of swarm_add).
uint32_t
swarm_seen_s(const struct swarm *swarm, const struct arena *arena, enum family family, uint32_t i);

// Writes up to `want` different peers to `out`, never peer `asker` (SWARM_NO_PEER: nobody is
// left out); `leechers_only` for a seeder that asks. Each peer is equally likely; the cost
// depends on `want` alone. Returns how many.
uint16_t swarm_select(
	const struct swarm *swarm,
	const struct arena *arena,
	enum family family,
	uint32_t asker,
	bool leechers_only,
	uint16_t want,
	struct rng *rng,
	uint8_t *out
);
