// SPDX-License-Identifier: BSD-3-Clause
// Steering: which worker owns a torrent.
//
// The NIC's RSS spreads clients over io lcores; steering spreads torrents over workers by the same idea
// in software. The top bits of a keyed hash of the info_hash index a redirection table (RETA) that names
// the worker. The low 32 bits go to the worker's hash table, so the two choices are independent. The key
// is secret, so nobody can aim at one worker or one bucket.
//
// Where a NIC steers announces (driver.steering), the owner is chosen by what the NIC can compute, and the top bits
// of the hash are replaced by it. The place in the table stays keyed.
// Read only once lcores run: any lcore.

#pragma once

#include "../base/keyed_hash.h"

#include <rte_branch_prediction.h>

#include <stdint.h>

// The torrents of a burst, whose hashes are computed side by side.
enum { STEER_BURST = KEYED_HASH_BURST, STEER_HASH_BYTES = KEYED_HASH_BYTES };

enum {
	STEER_RETA_BITS = 8,
	STEER_RETA_SIZE = 1 << STEER_RETA_BITS,
	STEER_WORKERS_MAX = 128,
	STEER_RULE_BITS_MAX = 8, // rules look at one byte
	STEER_TOEPLITZ_KEY_BYTES = STEER_HASH_BYTES + 4, // that decide the hash of 20 bytes
};

// What the bucket of a torrent is.
enum steer_by {
	STEER_BY_KEY, // the top bits of its keyed hash
	STEER_BY_BYTE, // the first byte of its info_hash, which everybody may choose
	STEER_BY_TOEPLITZ, // the low byte of the Toeplitz hash of its info_hash, as RSS computes it
};

struct steer {
	struct keyed_hash_key key;
	uint8_t reta[STEER_RETA_SIZE]; // bucket -> worker
	uint8_t by; // enum steer_by
	// Low byte of the Toeplitz hash of each byte at each place; the hash of 20 bytes is their exclusive or.
	uint8_t toeplitz[STEER_HASH_BYTES][256];
};

struct steer_burst {
	unsigned count;
	struct keyed_hash_burst hashes;
};

// Assigns the buckets to `workers` (1 to STEER_WORKERS_MAX) round robin.
void steer_init(struct steer *steer, const struct siphash_key *key, unsigned workers);

// --- steering in the NIC --------------------------------------------------------------------------

// Rules of a NIC match the lowest bits of the first byte of an info_hash: one rule for each pattern of that many bits.
// As many bits as `queues` (1 to 256) need; three more, up to 8, if queues are no power of two, so that they get nearly
// the same number of patterns.
unsigned steer_rule_bits(unsigned queues);

// The queue of a pattern.
static inline unsigned
steer_rule_queue(unsigned pattern, unsigned queues)
{
	return pattern % queues;
}

// The queue at an index of a redirection table that repeats its first `size` entries.
static inline unsigned
steer_rss_queue(unsigned index, unsigned size, unsigned queues)
{
	return (index & (size - 1)) % queues;
}

// After steer_init: who owns a torrent is decided as by such rules. `workers`: the worker of each queue.
void steer_follow_rules(struct steer *steer, const uint8_t *workers, unsigned queues);

// After steer_init: who owns a torrent is decided as by RSS over its info_hash, with `key` (STEER_TOEPLITZ_KEY_BYTES)
// and a redirection table of `size` entries, a power of two of at most STEER_RETA_SIZE, dealt out by steer_rss_queue.
void steer_follow_rss(
	struct steer *steer,
	const uint8_t *key,
	unsigned size,
	const uint8_t *workers,
	unsigned queues
);

// The hash of a torrent with the bucket that a NIC chose, for what follows.
uint64_t steer_followed(const struct steer *steer, uint64_t hash, const uint8_t *info_hash);
void steer_burst_followed(const struct steer *steer, struct steer_burst *burst);

// --- hashes ---------------------------------------------------------------------------------------

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
	if (burst->count == 0) // many bursts have connects alone
		return;
	keyed_hash->burst(&steer->key, &burst->hashes, burst->count);
	if (unlikely(steer->by != STEER_BY_KEY))
		steer_burst_followed(steer, burst);
}

// The hash of torrent i, once computed.
static inline uint64_t
steer_burst_hash(const struct steer_burst *burst, unsigned i)
{
	return burst->hashes.hashes[i];
}

// The hash of a single torrent.
static inline uint64_t
steer_hash(const struct steer *steer, const uint8_t *info_hash)
{
	uint64_t hash = keyed_hash->one(&steer->key, info_hash);

	return likely(steer->by == STEER_BY_KEY) ? hash : steer_followed(steer, hash, info_hash);
}

// The worker that owns the torrent with this hash.
static inline unsigned
steer_worker(const struct steer *steer, uint64_t hash)
{
	return steer->reta[hash >> (64 - STEER_RETA_BITS)];
}
