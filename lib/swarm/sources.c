// SPDX-License-Identifier: BSD-3-Clause

#include "sources.h"

#include <rte_branch_prediction.h>

enum {
	// A limit of peers is usually large, so an error of a few matters less than memory; a limit of peers
	// in one torrent may be 3.
	PEERS_PER_LINE = 32,
	PAIRS_PER_LINE = 8,
	TORRENTS_PER_BUCKET_LINE = 64,
	BUCKET_LINES_MIN = 64,
	BUCKET_GROUPS = 4,
	UNIT_BITS = 24, // times of buckets have 2^24 units in a second
	HOUR_S = 3600,
	WAYS = 8, // places of a set: a line
	FREE_PARTS = 64, // each shard reserves 1 / FREE_PARTS of its even share for every source
	HOLDER_PARTS = 64, // a holder has this part of its limit or more
	HOLDER_PEERS_MIN = 16,
};

static uint32_t
bucket_lines(uint32_t max_torrents)
{
	return RTE_MAX(max_torrents / TORRENTS_PER_BUCKET_LINE, (uint32_t)BUCKET_LINES_MIN);
}

size_t
sources_memory_bytes(uint32_t max_torrents, uint32_t max_peers)
{
	size_t lines = (size_t)source_counts_lines(max_peers, PEERS_PER_LINE)
		+ source_counts_lines(max_peers, PAIRS_PER_LINE);

	return lines * sizeof(struct source_line)
		+ bucket_lines(max_torrents) * sizeof(struct source_bucket_line)
		+ SOURCE_HOLDERS * sizeof(uint64_t);
}

void
sources_init(
	struct sources *sources,
	void *memory,
	uint32_t max_torrents,
	uint32_t max_peers,
	unsigned ipv6_prefix,
	const struct siphash_key *key
)
{
	uint32_t lines = source_counts_lines(max_peers, PEERS_PER_LINE);
	uint32_t pair_lines = source_counts_lines(max_peers, PAIRS_PER_LINE);
	struct source_line *first = memory;

	*sources = (struct sources){
		.key = *key,
		.ipv6_mask = ipv6_prefix == 0 ? UINT64_MAX : UINT64_MAX << (64 - ipv6_prefix),
		.peers = {first, lines},
		.pairs = {first + lines, pair_lines},
		.buckets = (void *)(first + lines + pair_lines),
		.bucket_lines = bucket_lines(max_torrents),
		.scarce_below = max_peers / 4,
		.next = sources,
	};
	sources->holders = (void *)(sources->buckets + sources->bucket_lines);
	sources_set_limits(sources, &(struct source_limits){0});
}

void
sources_join(struct sources *one, struct sources *other)
{
	const struct sources *next = one->next;

	one->next = other->next;
	other->next = next;
}

void
sources_set_limits(struct sources *sources, const struct source_limits *limits)
{
	// Without a limit: as if it were an eighth of the capacity.
	uint32_t part = limits->peers == 0 ? sources->scarce_below / 2 : limits->peers_here;

	sources->limits = *limits;
	__atomic_store_n(
		&sources->holder_from,
		RTE_MAX(part / HOLDER_PARTS, (uint32_t)HOLDER_PEERS_MIN),
		__ATOMIC_RELAXED
	);
}

// --- peers ------------------------------------------------------------------------------------

// Peers of a source that this shard may add without a look at the others.
static inline uint32_t
free_peers(const struct source_limits *limits)
{
	return limits->peers_here / FREE_PARTS;
}

// The estimate for all shards of the ring; a shard below its reserve counts as the reserve. Cells are added up before
// the smallest is taken, so it is no worse than that of one table.
static __rte_noinline uint32_t
count_in_all(const struct sources *sources, uint64_t hash)
{
	uint32_t least_each = free_peers(&sources->limits);
	uint64_t sums[SOURCE_GROUPS] = {0};
	const struct sources *shard = sources;
	uint64_t least;

	do {
		struct source_line *line = source_counts_line(&shard->peers, hash);

		for (unsigned g = 0; g < SOURCE_GROUPS; g++) {
			uint32_t *cell = source_line_cell(line, hash, g);

			sums[g] += RTE_MAX(__atomic_load_n(cell, __ATOMIC_RELAXED), least_each);
		}
		shard = shard->next;
	} while (shard != sources);
	least = RTE_MIN(RTE_MIN(sums[0], sums[1]), RTE_MIN(sums[2], sums[3]));
	return (uint32_t)RTE_MIN(least, (uint64_t)UINT32_MAX);
}

bool
sources_may_add(const struct sources *sources, uint64_t hash, uint32_t free)
{
	const struct source_limits *limits = &sources->limits;
	uint32_t count;

	if (limits->peers == 0)
		return true;
	count = source_counts_estimate(&sources->peers, hash);
	if (unlikely(free < sources->scarce_below)
	    && count >= RTE_MAX(free / 2, (uint32_t)SOURCE_PEERS_LEAST))
		return false;
	if (likely(count < free_peers(limits)))
		return true;
	return count_in_all(sources, hash) < limits->peers;
}

bool
sources_may_join(const struct sources *sources, uint64_t hash, uint32_t torrent)
{
	return sources->limits.pair == 0
		|| source_counts_estimate(&sources->pairs, sources_pair(hash, torrent))
		< sources->limits.pair;
}

// The places in which a source may be. Bits of the hash that choose neither line nor cells of peers.
static uint64_t *
set_of(const struct sources *sources, uint64_t hash)
{
	return &sources->holders[(hash >> 8) % (SOURCE_HOLDERS / WAYS) * WAYS];
}

static uint32_t
count_of_name(const struct sources *sources, uint64_t name)
{
	return source_counts_estimate(&sources->peers, sources_hash_name(sources, name));
}

// Puts a source with `count` peers among the largest, unless all of its places have larger ones.
static __rte_noinline void
note_holder(struct sources *sources, uint64_t hash, uint64_t name, uint32_t count)
{
	uint64_t *set = set_of(sources, hash);
	uint64_t *place = NULL;

	for (unsigned i = 0; i < WAYS; i++)
		if (set[i] == name)
			return;
	for (unsigned i = 0; i < WAYS; i++) {
		uint32_t other = set[i] == 0 ? 0 : count_of_name(sources, set[i]);

		if (other < count) {
			count = other;
			place = &set[i];
		}
	}
	if (place != NULL)
		__atomic_store_n(place, name, __ATOMIC_RELAXED);
}

void
sources_add(
	struct sources *sources,
	uint64_t hash,
	uint32_t torrent,
	enum family family,
	const uint8_t *address
)
{
	uint32_t count = source_counts_change(&sources->peers, hash, 1);

	source_counts_change(&sources->pairs, sources_pair(hash, torrent), 1);
	if (unlikely(count >= sources->holder_from))
		note_holder(sources, hash, sources_name(sources, family, address), count);
}

void
sources_remove(struct sources *sources, uint64_t hash, uint32_t torrent)
{
	source_counts_change(&sources->peers, hash, UINT32_MAX);
	source_counts_change(&sources->pairs, sources_pair(hash, torrent), UINT32_MAX);
}

// --- torrents ---------------------------------------------------------------------------------

static uint64_t *
bucket_of(const struct sources *sources, uint64_t hash, unsigned group)
{
	struct source_bucket_line *line =
		&sources->buckets[(hash >> 32) * sources->bucket_lines >> 32];

	return &line->full_at[group * 2 + (hash >> (16 + group) & 1)];
}

// The time at which the bucket of a source is full again; `now` if it is full. Never too early.
static uint64_t
full_at(const struct sources *sources, uint64_t hash, uint64_t now)
{
	uint64_t least = UINT64_MAX;

	for (unsigned g = 0; g < BUCKET_GROUPS; g++)
		least = RTE_MIN(least, *bucket_of(sources, hash, g));
	return RTE_MAX(least, now);
}

static uint64_t
cost_of_torrent(const struct sources *sources)
{
	return ((uint64_t)HOUR_S << UNIT_BITS) / sources->limits.torrents;
}

bool
sources_may_add_torrent(const struct sources *sources, uint64_t hash, uint32_t now_s)
{
	uint64_t now = (uint64_t)now_s << UNIT_BITS;

	if (sources->limits.torrents == 0)
		return true;
	return full_at(sources, hash, now) + cost_of_torrent(sources)
		<= now + ((uint64_t)HOUR_S << UNIT_BITS);
}

// A conservative update: no cell rises above the new value of the smallest, as these counts never fall but
// by time.
void
sources_add_torrent(struct sources *sources, uint64_t hash, uint32_t now_s)
{
	uint64_t then;

	if (sources->limits.torrents == 0)
		return;
	then = full_at(sources, hash, (uint64_t)now_s << UNIT_BITS) + cost_of_torrent(sources);
	for (unsigned g = 0; g < BUCKET_GROUPS; g++) {
		uint64_t *bucket = bucket_of(sources, hash, g);

		*bucket = RTE_MAX(*bucket, then);
	}
}

// --- any thread -------------------------------------------------------------------------------

unsigned
sources_rows(const struct sources *sources, struct source_row *rows, unsigned capacity)
{
	uint32_t from = __atomic_load_n(&sources->holder_from, __ATOMIC_RELAXED);
	unsigned count = 0;

	for (unsigned i = 0; i < SOURCE_HOLDERS && count < capacity; i++) {
		uint64_t name = __atomic_load_n(&sources->holders[i], __ATOMIC_RELAXED);
		uint32_t peers = name == 0 ? 0 : count_of_name(sources, name);

		if (peers >= from)
			rows[count++] = (struct source_row){name, peers};
	}
	return count;
}
