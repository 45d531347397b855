// SPDX-License-Identifier: BSD-3-Clause
// Steering: which worker owns a torrent.
//
// The NIC's RSS spreads clients over io lcores; this is the same idea in software, spreading
// torrents over workers: a keyed hash of the info_hash, whose top bits index a redirection table
// (RETA) that names the worker. The low 32 bits go to the worker's hash table, so the two choices
// are independent; the key is secret, so nobody can aim at one worker or one bucket.
// Read only after steer_init: any lcore.

#pragma once

#include "../base/siphash.h"

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

// Keyed hash of a 20-byte info_hash.
static inline uint64_t
steer_hash(const struct steer *steer, const uint8_t *info_hash)
{
	return siphash13(&steer->key, info_hash, 20);
}

static inline unsigned
steer_worker(const struct steer *steer, uint64_t hash)
{
	return steer->reta[hash >> (64 - STEER_RETA_BITS)];
}
