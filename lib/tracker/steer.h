// SPDX-License-Identifier: BSD-3-Clause
// Steering: which worker owns a torrent.
//
// The NIC's RSS spreads clients over io lcores; steering spreads torrents over workers by the same idea
// in software. The top bits of a keyed hash of the info_hash index a redirection table (RETA) that names
// the worker. The low 32 bits go to the worker's hash table, so the two choices are independent. The key
// is secret, so nobody can aim at one worker or one bucket.
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

// Assigns the buckets to `workers` (1 to STEER_WORKERS_MAX) round robin.
void steer_init(struct steer *steer, const struct siphash_key *key, unsigned workers);

// The torrents of a burst, whose hashes are computed side by side.
enum { STEER_BURST = SIPHASH_BULK, STEER_HASH_BYTES = 20 };

struct steer_burst {
	unsigned count;
	struct siphash_burst hashes;
};

// Adds a 20-byte info_hash, up to STEER_BURST after `count` was set to 0.
static inline void
steer_burst_add(struct steer_burst *burst, const uint8_t *info_hash)
{
	unsigned i = burst->count++;
	uint64_t words[2];

	memcpy(words, info_hash, sizeof(words));
	burst->hashes.words[0][i] = rte_le_to_cpu_64(words[0]);
	burst->hashes.words[1][i] = rte_le_to_cpu_64(words[1]);
	burst->hashes.words[2][i] = siphash_last(info_hash + sizeof(words), STEER_HASH_BYTES);
}

// Computes the hashes of all torrents of the burst.
static inline void
steer_burst_compute(const struct steer *steer, struct steer_burst *burst)
{
	siphash_bulk->siphash13(&steer->key, &burst->hashes, burst->count);
}

// The keyed hash of torrent i, once computed.
static inline uint64_t
steer_burst_hash(const struct steer_burst *burst, unsigned i)
{
	return burst->hashes.hashes[i];
}

// The keyed hash of a single torrent.
static inline uint64_t
steer_hash(const struct steer *steer, const uint8_t *info_hash)
{
	return siphash13(&steer->key, info_hash, STEER_HASH_BYTES);
}

// The worker that owns the torrent with this hash.
static inline unsigned
steer_worker(const struct steer *steer, uint64_t hash)
{
	return steer->reta[hash >> (64 - STEER_RETA_BITS)];
}
