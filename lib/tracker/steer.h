// SPDX-License-Identifier: BSD-3-Clause
// Steering: which worker owns a torrent.
//
// The NIC's RSS spreads clients over io lcores; this is the same idea in software, spreading
// torrents over workers: a keyed hash of the info_hash, whose top bits index a redirection table
// (RETA) that names the worker. The low 32 bits go to the worker's hash table, so the two choices
// are independent; the key is secret, so nobody can aim at one worker or one bucket.
// Read only after steer_init: any lcore.

#pragma once

#include "../base/siphash_bulk.h"

#include <stdint.h>

enum {
	STEER_RETA_BITS = 8,
	STEER_RETA_SIZE = 1 << STEER_RETA_BITS,
	STEER_WORKERS_MAX = 128,
};

struct steer {
	struct siphash_key key;
	uint8_t reta[STEER_RETA_SIZE]; // bucket -> worker
};

// Deals the buckets out to `workers` (1 to STEER_WORKERS_MAX) in turn.
void steer_init(struct steer *steer, const struct siphash_key *key, unsigned workers);

// Torrents of a burst, whose hashes are worked out side by side.
enum { STEER_BURST = SIPHASH_BULK, STEER_HASH_BYTES = 20 };

struct steer_burst {
	unsigned count;
	struct siphash_burst hashes;
};

// Adds a 20-byte info_hash. At most STEER_BURST after `count` was set to 0.
static inline void
steer_ask(struct steer_burst *burst, const uint8_t *info_hash)
{
	unsigned i = burst->count++;
	uint64_t words[2];

	memcpy(words, info_hash, sizeof(words));
	burst->hashes.words[0][i] = rte_le_to_cpu_64(words[0]);
	burst->hashes.words[1][i] = rte_le_to_cpu_64(words[1]);
	burst->hashes.words[2][i] = siphash_last(info_hash + sizeof(words), STEER_HASH_BYTES);
}

static inline void
steer_answer(const struct steer *steer, struct steer_burst *burst)
{
	siphash_bulk->siphash13(&steer->key, &burst->hashes, burst->count);
}

// Keyed hash of torrent i, once worked out.
static inline uint64_t
steer_hash_of(const struct steer_burst *burst, unsigned i)
{
	return burst->hashes.hashes[i];
}

// The same for one alone.
static inline uint64_t
steer_hash(const struct steer *steer, const uint8_t *info_hash)
{
	return siphash13(&steer->key, info_hash, STEER_HASH_BYTES);
}

static inline unsigned
steer_worker(const struct steer *steer, uint64_t hash)
{
	return steer->reta[hash >> (64 - STEER_RETA_BITS)];
}
