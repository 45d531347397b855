// SPDX-License-Identifier: BSD-3-Clause
// The torrents and peers of the load.
//
// Torrents are numbers: an info_hash is computed from its number, which is faster than a lookup in
// a table that exceeds the caches. Peers are a compact table, which is read sequentially.
// Everything is derived from the seed. Owner: the lcore that generates requests.

#pragma once

#include "../../lib/base/rng.h"

#include <rte_byteorder.h>

#include <stdint.h>

struct options;

enum { POPULATION_ABUSIVE_PEERS = 256 }; // of each abusive client

enum peer_state {
	PEER_SEEDER = 1 << 0, // has everything
	PEER_STARTED = 1 << 1, // has announced itself
	PEER_IPV6 = 1 << 2,
};

struct peer {
	uint32_t flow; // of its client: see flows.h
	uint32_t torrent;
	rte_be16_t port; // announced; unique among the peers of the client
	uint8_t state; // bits of enum peer_state
};

struct population {
	uint64_t info_hash_seed;
	uint64_t peer_id_seed;
	uint32_t torrent_count;
	uint32_t peer_count;
	uint32_t abusive_count; // peers of abusive clients, behind the others
	struct peer *peers; // [peer_count + abusive_count]
};

void population_init(struct population *population, const struct options *options);
void population_free(struct population *population);

// Words of an info_hash and of the end of a peer_id, in the order of memory.
struct info_hash_words {
	uint64_t first, second;
	uint32_t third;
};

struct peer_id_words {
	uint64_t first;
	uint32_t second;
};

// The n-th word of the SplitMix64 sequence of `seed`.
static inline uint64_t
population_word(uint64_t seed, uint64_t n)
{
	struct rng rng = {seed + n * UINT64_C(0x9e3779b97f4a7c15)};

	return rng_next(&rng);
}

// Distinct for distinct torrents: the first word is a bijection of its place in the sequence.
static inline struct info_hash_words
population_info_hash(const struct population *population, uint32_t torrent)
{
	uint64_t at = (uint64_t)torrent * 3, seed = population->info_hash_seed;

	return (struct info_hash_words){
		population_word(seed, at),
		population_word(seed, at + 1),
		(uint32_t)population_word(seed, at + 2),
	};
}

// The 12 bytes after "-WL0100-", distinct for distinct peers.
static inline struct peer_id_words
population_peer_id(const struct population *population, uint32_t peer)
{
	return (struct peer_id_words){population_word(population->peer_id_seed, peer), peer};
}
