// SPDX-License-Identifier: BSD-3-Clause
// The peer index: the position of each peer in its swarm, for all large swarms of a shard together.
//
// One table, sized at start, so that no swarm needs an index that grows. A bucket is a cache line: a count of
// entries that passed it because it was full, and 15 entries of a tag (8 bits of the hash) and a position in
// the swarm (24 bits). The caller compares the peer at the position: an entry of another swarm either fails
// that comparison, or happens to be right.
//
// Entries with the same tag and position within the same probe sequence are interchangeable, so removing
// and moving may use either. One owner.

#pragma once

#include "../base/line.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include <rte_branch_prediction.h>
#include <rte_common.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	PEER_INDEX_ENTRIES = 15,
	PEER_INDEX_PROBES_MAX = 64, // maximum number of buckets probed
	PEER_INDEX_POSITION_BITS = 24,
	PEER_INDEX_POSITIONS = (1 << PEER_INDEX_POSITION_BITS) - 1, // the bits of a position, + 1
	PEER_INDEX_POSITION_MAX = PEER_INDEX_POSITIONS - 1,
};

struct peer_bucket {
	uint32_t passed; // entries whose home is this bucket or one before, stored in a later one
	uint32_t entries[PEER_INDEX_ENTRIES]; // tag << 24 | position + 1; 0: free
} __rte_aligned(LINE_BYTES);

struct peer_index {
	struct peer_bucket *buckets;
	uint32_t count;
};

// Number of buckets for `peers` entries at a load factor of 6/7.
uint32_t peer_index_buckets(uint32_t peers);

// Uses zeroed memory of `count` buckets.
void peer_index_init(struct peer_index *index, void *memory, uint32_t count);

// Adds an entry. Returns false if PEER_INDEX_PROBES_MAX buckets from its home on are full.
bool peer_index_add(struct peer_index *index, uint64_t hash, uint32_t position);

// Removes the entry of a peer, which must exist.
void peer_index_remove(struct peer_index *index, uint64_t hash, uint32_t position);

// Changes the position of a peer, whose entry must exist.
void peer_index_move(struct peer_index *index, uint64_t hash, uint32_t from, uint32_t to);

static inline struct peer_bucket *
peer_index_bucket(const struct peer_index *index, uint64_t hash)
{
	return &index->buckets[(hash & UINT32_MAX) * index->count >> 32];
}

static inline uint32_t
peer_index_entry(uint64_t hash, uint32_t position)
{
	return (uint32_t)(hash >> 32) << PEER_INDEX_POSITION_BITS | (position + 1);
}

// An iteration over the candidate positions of a peer: the caller compares each until one is right.
struct peer_index_walk {
	const struct peer_index *index;
	const struct peer_bucket *bucket;
	uint32_t tag;
	uint16_t candidates; // bit i: word i of the bucket, as an entry, has the tag
	uint16_t probes; // buckets left to probe
};

// Bit i: word i of the bucket has the tag. Bit 0 (`passed`) means nothing.
static inline uint16_t
peer_bucket_match(const struct peer_bucket *bucket, uint32_t tag)
{
#ifdef __SSE2__
	const __m128i *words = (const void *)bucket, wanted = _mm_set1_epi32((int)tag);
	__m128i same[4];

	for (unsigned i = 0; i < 4; i++)
		same[i] = _mm_cmpeq_epi32(
			_mm_srli_epi32(_mm_load_si128(words + i), PEER_INDEX_POSITION_BITS), wanted
		);
	return (uint16_t)_mm_movemask_epi8(_mm_packs_epi16(
		_mm_packs_epi32(same[0], same[1]), _mm_packs_epi32(same[2], same[3])
	));
#else
	uint16_t found = 0;

	for (unsigned i = 0; i < PEER_INDEX_ENTRIES; i++)
		found |= (bucket->entries[i] >> PEER_INDEX_POSITION_BITS == tag) << (i + 1);
	return found;
#endif
}

static inline struct peer_index_walk
peer_index_walk(const struct peer_index *index, uint64_t hash)
{
	const struct peer_bucket *bucket = peer_index_bucket(index, hash);
	uint32_t tag = (uint8_t)(hash >> 32);

	return (struct peer_index_walk){
		.index = index,
		.bucket = bucket,
		.tag = tag,
		.candidates = peer_bucket_match(bucket, tag) & ~1u,
		.probes = PEER_INDEX_PROBES_MAX,
	};
}

static inline uint32_t
peer_index_position(uint32_t entry)
{
	return (entry & PEER_INDEX_POSITIONS) - 1;
}

// The first entry with the peer's tag in its home bucket, most likely its own, or NULL.
static inline uint32_t *
peer_index_guess(const struct peer_index *index, uint64_t hash)
{
	struct peer_bucket *bucket = peer_index_bucket(index, hash);
	unsigned candidates = peer_bucket_match(bucket, (uint8_t)(hash >> 32)) & ~1u;

	return candidates == 0 ? NULL : &bucket->entries[__builtin_ctz(candidates) - 1];
}

// As peer_index_move. `guess` is what peer_index_guess gave for this hash, at any time: in the home bucket, an entry
// with the right tag and position is the peer's, or as good as that (see above).
static inline void
peer_index_move_guessed(
	struct peer_index *index,
	uint32_t *guess,
	uint64_t hash,
	uint32_t from,
	uint32_t to
)
{
	if (likely(guess != NULL && *guess == peer_index_entry(hash, from)))
		*guess = peer_index_entry(hash, to);
	else
		peer_index_move(index, hash, from, to);
}

// The next candidate, or UINT32_MAX if there is none left.
static inline uint32_t
peer_index_next(struct peer_index_walk *walk)
{
	for (;;) {
		while (walk->candidates != 0) {
			unsigned i = (unsigned)__builtin_ctz(walk->candidates) - 1;
			uint32_t position = walk->bucket->entries[i] & PEER_INDEX_POSITIONS;

			walk->candidates &= walk->candidates - 1u;
			if (position != 0)
				return position - 1;
		}
		if (likely(walk->bucket->passed == 0) || --walk->probes == 0)
			return UINT32_MAX;
		if (++walk->bucket == walk->index->buckets + walk->index->count)
			walk->bucket = walk->index->buckets;
		walk->candidates = peer_bucket_match(walk->bucket, walk->tag) & ~1u;
	}
}
