// SPDX-License-Identifier: BSD-3-Clause
// A keyed hash of messages of 20 bytes, info_hashes, and of 22 bytes, peers of a torrent, for tables and for the
// choice of an owner. A key is for messages of one length. Only for what stays inside the process: the CPU decides
// which function it is, and hashes are never sent or stored.
//
// On CPUs with AES instructions it is a CBC-MAC of eight AES rounds. All their round keys are secret and
// independent: s = m[0..16) ^ k0; four rounds with k1 to k4; s ^= the rest of m; four rounds with k5 to k8; the
// hash is the first 8 bytes of s. Elsewhere it is SipHash-1-3, for bursts in vectors (siphash_bulk.h), at six times
// the instructions.
//
// An attacker chooses messages but never sees a hash; only response times depend on it. A flood of one worker or one
// bucket needs messages that collide under the unknown key more often than random ones do:
// * After the first four rounds two messages have the same state with a probability of 1.9 * 2^-114 at most,
//   the bound for any differential of four AES rounds under independent round keys (Keliher and Sui, 2007).
//   Messages that differ only in the first 16 bytes, as those of IPv4 peers do, or only in the rest, never have
//   the same state.
// * The last four rounds decide the bits that are used: 8 for the owner or the tag of a peer, 32 for the table. The
//   same bound, added up over all pairs of states that agree in 32 bits, proves 2^-17. Nothing is known that does
//   better than 2^-32, the rate of random messages: after two rounds a difference has spread over all bytes.
//   Besides, nobody can choose this difference. It comes out of the first four rounds, whose keys are secret.
// Known distinguishers of AES pass six rounds, with outputs of more than 2^80 messages; here are eight rounds, and
// no outputs.
//
// Pure: any thread.

#pragma once

#include "siphash.h"

#include <assert.h>
#include <stdbool.h>

enum {
	KEYED_HASH_BYTES = 20, // of a message
	KEYED_HASH_PEER_BYTES = 22, // of a message for `peer`
	KEYED_HASH_BURST = 32, // maximum number of messages
	KEYED_HASH_ROUND_KEYS = 9,
};

struct keyed_hash_key {
	struct siphash_key siphash;
	uint64_t rounds[KEYED_HASH_ROUND_KEYS][2] __rte_aligned(16); // derived from `siphash`
};

// Hashes one message.
typedef uint64_t keyed_hash_fn(const struct keyed_hash_key *key, const uint8_t *message);

// Hashes one message of 22 bytes, given as words in little-endian order: bytes 0 to 7, 8 to 15, and 16 to 21.
typedef uint64_t keyed_hash_peer_fn(
	const struct keyed_hash_key *key,
	uint64_t first,
	uint64_t second,
	uint64_t rest
);

struct keyed_hash_burst {
	const uint8_t *messages[KEYED_HASH_BURST];
	uint64_t hashes[KEYED_HASH_BURST];
};

// Hashes messages [0, count), count up to KEYED_HASH_BURST.
typedef void keyed_hash_burst_fn(
	const struct keyed_hash_key *key,
	struct keyed_hash_burst *burst,
	unsigned count
);

struct keyed_hash {
	const char *name;
	keyed_hash_fn *one;
	keyed_hash_burst_fn *burst;
	keyed_hash_peer_fn *peer;
	bool (*is_supported)(void); // by this CPU
};

// All builds, the fastest first; every CPU supports the last one.
extern const struct keyed_hash keyed_hash_builds[];
extern const unsigned keyed_hash_build_count;

// The first build that this CPU supports. Set before main; read only.
extern const struct keyed_hash *keyed_hash;

// Derives the round keys with SipHash-2-4, a pseudo-random function.
void keyed_hash_key_init(struct keyed_hash_key *key, const struct siphash_key *secret);
