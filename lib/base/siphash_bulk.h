// SPDX-License-Identifier: BSD-3-Clause
// SipHash of a burst of short messages under one key: the packet path hashes every request's
// sender and info_hash, and side by side in a vector they cost a fraction of one after the other.
//
// A message is up to 23 bytes: three words, the last of which carries the length (siphash_last).
// The widest vectors the CPU has are chosen when the program starts. Pure: any thread.

#pragma once

#include "siphash.h"

#include <stdbool.h>

enum {
	SIPHASH_BULK = 32, // messages at once
	SIPHASH_WORDS = 3,
};

// Message i is words[0][i], words[1][i], words[2][i]: word j of all of them lies together.
struct siphash_burst {
	uint64_t words[SIPHASH_WORDS][SIPHASH_BULK];
	uint64_t hashes[SIPHASH_BULK];
};

// Hashes messages 0 to `count` (at most SIPHASH_BULK); hashes behind them may be written.
typedef void
siphash_bulk_fn(const struct siphash_key *key, struct siphash_burst *burst, unsigned count);

// Hashes each message as it is, and without its second word (so 8 bytes shorter) to `shorter`
// [SIPHASH_BULK]. What both begin with is taken in once.
typedef void siphash_bulk_twice_fn(
	const struct siphash_key *key,
	struct siphash_burst *burst,
	uint64_t *shorter,
	unsigned count
);

// One build of the functions below for each width of vectors.
struct siphash_bulk {
	const char *name;
	siphash_bulk_fn *siphash24;
	siphash_bulk_twice_fn *siphash24_twice;
	siphash_bulk_fn *siphash13;
	bool (*is_supported)(void); // by this CPU
};

// From the widest to the plainest, which any CPU can do.
extern const struct siphash_bulk siphash_bulk_builds[];
extern const unsigned siphash_bulk_build_count;

// The widest this CPU can do. Set before main; read only.
extern const struct siphash_bulk *siphash_bulk;

// The last word of a message of `len` bytes: its length above the `len` % 8 bytes left over, which are
// not looked at where there are none.
static __rte_always_inline uint64_t
siphash_last(const void *rest, size_t len)
{
	uint64_t word = 0;

	if (len % 8 != 0)
		memcpy(&word, rest, len % 8);
	return rte_le_to_cpu_64(word) | (uint64_t)len << 56;
}
