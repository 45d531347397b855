// SPDX-License-Identifier: BSD-3-Clause
// SipHash of a burst of short messages under one key. The packet path hashes the sender and the info_hash of
// every request; computing them side by side in vectors costs a fraction of computing one after the other.
//
// A message has up to 23 bytes: three words. The last word contains the length (siphash_last).
// The widest vectors of the CPU are selected when the program starts. Pure: any thread.

#pragma once

#include "siphash.h"

#include <stdbool.h>

enum {
	SIPHASH_BULK = 32, // maximum number of messages
	SIPHASH_WORDS = 3,
};

// Message i is words[0][i], words[1][i], words[2][i]: word j of all messages is contiguous.
struct siphash_burst {
	uint64_t words[SIPHASH_WORDS][SIPHASH_BULK];
	uint64_t hashes[SIPHASH_BULK];
};

// Hashes messages [0, count), count up to SIPHASH_BULK. Hashes behind `count` may be overwritten.
typedef void
siphash_bulk_fn(const struct siphash_key *key, struct siphash_burst *burst, unsigned count);

// Hashes each message, and the message without its second word (8 bytes shorter) to `shorter`
// [SIPHASH_BULK]. Their common first word is processed once.
typedef void siphash_bulk_twice_fn(
	const struct siphash_key *key,
	struct siphash_burst *burst,
	uint64_t *shorter,
	unsigned count
);

// The functions, built for one width of vectors.
struct siphash_bulk {
	const char *name;
	siphash_bulk_fn *siphash24;
	siphash_bulk_twice_fn *siphash24_twice;
	siphash_bulk_fn *siphash13;
	bool (*is_supported)(void); // by this CPU
};

// All builds, from the widest to the scalar one, which every CPU supports.
extern const struct siphash_bulk siphash_bulk_builds[];
extern const unsigned siphash_bulk_build_count;

// The widest build that this CPU supports. Set before main; read only.
extern const struct siphash_bulk *siphash_bulk;

// The last word of a message of `len` bytes: its length in the top byte, and the last `len` % 8 bytes. `rest`
// is not read if there are none.
static __rte_always_inline uint64_t
siphash_last(const void *rest, size_t len)
{
	uint64_t word = 0;

	if (len % 8 != 0)
		memcpy(&word, rest, len % 8);
	return rte_le_to_cpu_64(word) | (uint64_t)len << 56;
}
