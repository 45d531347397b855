// SPDX-License-Identifier: BSD-3-Clause
// The sources of the peers of a shard: what each has stored, and whether it may store more.
//
// A source is an IPv4 address, or an IPv6 network of 48 to 64 bits. Nothing is allocated for one, and no
// list of sources is walked: counts are sketches of fixed size (source_counts.h), under a keyed hash, so that
// nobody can choose addresses that share a cell. They change only when a peer or a torrent is added or
// removed: a peer that announces again costs nothing here.
//
// Owned by the shard, so by one worker. Other threads, and other workers, may read what a source has.

#pragma once

#include "../base/siphash.h"
#include "../stats/verdict.h"
#include "source_counts.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	SOURCE_HOLDERS = 256, // places for the largest sources
	SOURCE_PEERS_LEAST = 16, // peers of a source that a scarcity of places does not touch
};

// The operator's settings. 0: no limit.
struct source_limits {
	uint32_t peers; // of a source, in all shards together
	uint32_t peers_here; // an even share of `peers`; a small part of it is reserved
	uint32_t pair; // peers of a source in one torrent
	uint32_t torrents; // that a source may add to this shard at once, and again in an hour
};

// New torrents of each source: a sketch of token buckets (GCRA). A cell is the time at which the bucket of
// its sources is full again, so that it empties by itself. The smallest of four cells counts.
struct source_bucket_line {
	uint64_t full_at[8]; // in the unit of sources.c: four groups of two
} __rte_aligned(LINE_BYTES);

struct sources {
	struct siphash_key key; // the same in all shards of a ring
	uint64_t ipv6_mask; // of the first eight bytes of an address
	struct source_limits limits;
	struct source_counts peers; // by source
	struct source_counts pairs; // by source and torrent
	struct source_bucket_line *buckets;
	uint32_t bucket_lines;
	uint32_t scarce_below; // free places: a quarter of all
	// The largest sources, at least holder_from peers each: sets of eight, 0: free.
	uint64_t *holders;
	uint32_t holder_from;
	const struct sources *next; // a ring of all shards
};

// A source that has stored peers.
struct source_row {
	uint64_t name; // sources_name
	uint32_t peers; // in this shard; may be too high (source_counts.h)
};

// Memory (bytes) for a shard of this capacity.
size_t sources_memory_bytes(uint32_t max_torrents, uint32_t max_peers);

// Uses zeroed memory of sources_memory_bytes(), aligned to a line. `ipv6_prefix`: 48 to 64, or 0 for 64.
void sources_init(
	struct sources *sources,
	void *memory,
	uint32_t max_torrents,
	uint32_t max_peers,
	unsigned ipv6_prefix,
	const struct siphash_key *key
);

// Joins two rings, whose shards have the same key and capacity. Before any lcore uses them.
void sources_join(struct sources *one, struct sources *other);

void sources_set_limits(struct sources *sources, const struct source_limits *limits);

// --- hashes -----------------------------------------------------------------------------------

// The name of a source, as in lib/guard/budget.h: the first eight bytes of its IPv6 network; an IPv4 address
// behind 32 ones, which no IPv6 source begins with (it would be a multicast address).
static inline uint64_t
sources_name(const struct sources *sources, enum family family, const uint8_t *address)
{
	uint64_t eight;
	uint32_t four;

	if (family == FAMILY_IPV4) {
		memcpy(&four, address, sizeof(four));
		return UINT64_C(0xffffffff00000000) | rte_be_to_cpu_32(four);
	}
	memcpy(&eight, address, sizeof(eight));
	return rte_be_to_cpu_64(eight) & sources->ipv6_mask;
}

static inline uint64_t
sources_hash_name(const struct sources *sources, uint64_t name)
{
	uint64_t bytes = rte_cpu_to_le_64(name);

	return siphash13(&sources->key, &bytes, sizeof(bytes));
}

static inline uint64_t
sources_hash(const struct sources *sources, enum family family, const uint8_t *address)
{
	return sources_hash_name(sources, sources_name(sources, family, address));
}

// The hash of a source and a torrent. Mixing is enough, because the hash of the source is secret.
static inline uint64_t
sources_pair(uint64_t hash, uint32_t torrent)
{
	uint64_t pair = (hash ^ torrent) * UINT64_C(0xbf58476d1ce4e5b9);

	pair = (pair ^ pair >> 32) * UINT64_C(0x94d049bb133111eb);
	return pair ^ pair >> 29;
}

static inline void
sources_prefetch(const struct sources *sources, uint64_t hash)
{
	source_counts_prefetch(&sources->peers, hash);
}

static inline void
sources_prefetch_pair(const struct sources *sources, uint64_t hash, uint32_t torrent)
{
	source_counts_prefetch(&sources->pairs, sources_pair(hash, torrent));
}

// --- peers ------------------------------------------------------------------------------------

// Whether the source may add a peer. `free`: places for peers left in the shard. From three quarters of the
// capacity on, a source gets no more than half of what is free: n sources together reach at most n/(n+2).
bool sources_may_add(const struct sources *sources, uint64_t hash, uint32_t free);
// The same for one torrent.
bool sources_may_join(const struct sources *sources, uint64_t hash, uint32_t torrent);

void sources_add(
	struct sources *sources,
	uint64_t hash,
	uint32_t torrent,
	enum family family,
	const uint8_t *address
);
void sources_remove(struct sources *sources, uint64_t hash, uint32_t torrent);

// --- torrents ---------------------------------------------------------------------------------

bool sources_may_add_torrent(const struct sources *sources, uint64_t hash, uint32_t now_s);
void sources_add_torrent(struct sources *sources, uint64_t hash, uint32_t now_s);

// --- any thread -------------------------------------------------------------------------------

// The largest sources, in no order: those with holder_from peers or more, up to `capacity`. Returns their
// number.
unsigned sources_rows(const struct sources *sources, struct source_row *rows, unsigned capacity);
