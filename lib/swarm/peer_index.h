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

#include <rte_common.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	PEER_INDEX_ENTRIES = 15,
	PEER_INDEX_PROBES_MAX = 64, // maximum number of buckets probed
	PEER_INDEX_POSITION_BITS = 24,
	PEER_INDEX_POSITION_MAX = (1 << PEER_INDEX_POSITION_BITS) - 2,
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
	uint32_t tag; // in the upper 8 bits
	uint16_t entry;
	uint16_t probes; // buckets left to probe
};

static inline struct peer_index_walk
peer_index_walk(const struct peer_index *index, uint64_t hash)
{
	return (struct peer_index_walk){
		.index = index,
		.bucket = peer_index_bucket(index, hash),
		.tag = (uint32_t)(hash >> 32) << PEER_INDEX_POSITION_BITS,
		.probes = PEER_INDEX_PROBES_MAX,
	};
}

// The next candidate, or UINT32_MAX if there is none left.
static inline uint32_t
peer_index_next(struct peer_index_walk *walk)
{
	for (;;) {
		while (walk->entry < PEER_INDEX_ENTRIES) {
			uint32_t entry = walk->bucket->entries[walk->entry++];

			if (((entry ^ walk->tag) & 0xff000000) == 0 && (entry & 0x00ffffff) != 0)
				return (entry & 0x00ffffff) - 1;
		}
		if (walk->bucket->passed == 0 || --walk->probes == 0)
			return UINT32_MAX;
		walk->entry = 0;
		if (++walk->bucket == walk->index->buckets + walk->index->count)
			walk->bucket = walk->index->buckets;
	}
}
