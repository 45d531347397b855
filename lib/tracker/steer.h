// SPDX-License-Identifier: BSD-3-Clause
// Steering: which worker owns a torrent.
//
// The NIC's RSS spreads clients over io lcores; steering spreads torrents over workers by the same idea
// in software. The top bits of a keyed hash of the info_hash index a redirection table (RETA) that names
// the worker. The low 32 bits go to the worker's hash table, so the two choices are independent. The key
// is secret, so nobody can aim at one worker or one bucket.
// Read only after steer_init: any lcore.

#pragma once

#include "../base/keyed_hash.h"

#include <stdint.h>

enum {
	STEER_RETA_BITS = 8,
	STEER_RETA_SIZE = 1 << STEER_RETA_BITS,
	STEER_WORKERS_MAX = 128,
};

struct steer {
	struct keyed_hash_key key;
	uint8_t reta[STEER_RETA_SIZE]; // bucket -> worker
};

// Assigns the buckets to `workers` (1 to STEER_WORKERS_MAX) round robin.
void steer_init(struct steer *steer, const struct siphash_key *key, unsigned workers);

// The torrents of a burst, whose hashes are computed side by side.
enum { STEER_BURST = KEYED_HASH_BURST, STEER_HASH_BYTES = KEYED_HASH_BYTES };

struct steer_burst {
	unsigned count;
	struct keyed_hash_burst hashes;
};

// Adds a 20-byte info_hash, up to STEER_BURST after `count` was set to 0. It is read by steer_burst_compute.
static inline void
steer_burst_add(struct steer_burst *burst, const uint8_t *info_hash)
{
	burst->hashes.messages[burst->count++] = info_hash;
}

// Computes the hashes of all torrents of the burst.
static inline void
steer_burst_compute(const struct steer *steer, struct steer_burst *burst)
{
	if (burst->count > 0) // many bursts have connects alone
		keyed_hash->burst(&steer->key, &burst->hashes, burst->count);
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
	return keyed_hash->one(&steer->key, info_hash);
}

// The worker that owns the torrent with this hash.
static inline unsigned
steer_worker(const struct steer *steer, uint64_t hash)
{
	return steer->reta[hash >> (64 - STEER_RETA_BITS)];
}
