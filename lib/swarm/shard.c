// SPDX-License-Identifier: BSD-3-Clause

#include "shard.h"

#include "shard_inline.h"

#include <rte_bitops.h>
#include <rte_errno.h>
#include <rte_malloc.h>

#include <string.h>

enum {
	TIME_UNITS_PER_TIMEOUT = 8192, // a quarter of the range of 15 bits
	POSITIONS_MIN = 8, // rte_hash needs at least one bucket
	READ_SPARE = 64, // swarms read addresses in steps of 32 bytes, beyond the end of a chunk
};

static_assert((int)SHARD_OUT_SPARE >= (int)SWARM_OUT_SPARE, "bytes that swarms overwrite");
static_assert((int)SHARD_DETAIL_BYTES == offsetof(struct swarm_record, updated_event), "record");

static uint32_t
positions_of(const struct shard_config *config)
{
	return RTE_MAX(config->max_torrents, (uint32_t)POSITIONS_MIN);
}

static uint32_t
chunks_of(const struct shard_config *config)
{
	uint32_t ipv6 = RTE_MIN(config->max_peers_ipv6, config->max_peers);

	return swarm_chunks(
		       FAMILY_IPV4, config->detail, config->max_peers - ipv6, config->max_torrents
	       ) + swarm_chunks(FAMILY_IPV6, config->detail, ipv6, config->max_torrents);
}

struct shard_memory
shard_memory_of(const struct shard_config *config)
{
	uint64_t slots = rte_align64pow2((uint64_t)positions_of(config) + 1);
	uint64_t keys = (uint64_t)positions_of(config) * 32;
	uint64_t bucket = RTE_MAX(LINE_BYTES, RTE_CACHE_LINE_SIZE); // struct rte_hash_bucket
	uint64_t buckets = slots / 8 * bucket * 2; // of the table, and the same number to extend it
	uint64_t rings = slots * 4 + slots / 8 * 4;
	uint64_t chunks = slab_memory_bytes(chunks_of(config)) + READ_SPARE;
	uint64_t index =
		(uint64_t)peer_index_buckets(config->max_peers) * sizeof(struct peer_bucket);

	return (struct shard_memory){
		.torrents = (uint64_t)positions_of(config)
			* (sizeof(struct swarm_home) + sizeof(struct torrent_cold)),
		.torrent_index = keys + buckets + rings,
		.peers = chunks,
		.peer_index = index,
		.records = config->detail ? pool_memory_bytes(config->max_peers, SWARM_RECORD_BYTES)
					  : 0,
		.sources = sources_memory_bytes(config->max_torrents, config->max_peers),
	};
}

size_t
shard_memory_bytes(const struct shard_config *config)
{
	struct shard_memory memory = shard_memory_of(config);

	return sizeof(struct shard) + memory.torrents + memory.torrent_index + memory.peers
		+ memory.peer_index + memory.records + memory.sources;
}

// The comparison for rte_hash, which would call memcmp for 20 bytes.
static int
compare_info_hashes(const void *one, const void *other, size_t len)
{
	uint64_t a[2], b[2];
	uint32_t c, d;

	(void)len;
	memcpy(a, one, 16);
	memcpy(b, other, 16);
	memcpy(&c, (const uint8_t *)one + 16, 4);
	memcpy(&d, (const uint8_t *)other + 16, 4);
	return ((a[0] ^ b[0]) | (a[1] ^ b[1]) | (c ^ d)) != 0;
}

static struct rte_hash *
create_index(const struct shard_config *config)
{
	struct rte_hash_parameters parameters = {
		.name = config->name,
		.entries = positions_of(config),
		.key_len = INFO_HASH_BYTES,
		.socket_id = config->socket,
		.extra_flag =
			RTE_HASH_EXTRA_FLAGS_EXT_TABLE, // no insert fails below `entries` keys
	};

	struct rte_hash *index = rte_hash_create(&parameters); // its hash function is never used

	if (index != NULL)
		rte_hash_set_cmp_func(index, compare_info_hashes);
	return index;
}

// Finds out where the index keeps its keys: in an array by position. rte_hash_get_key_with_position says so of
// one key, but also looks it up again, which a walk through all torrents should not pay for.
static bool
find_keys(struct shard *shard)
{
	void *first = NULL, *second = NULL;

	if (shard->index == NULL)
		return false;
	rte_hash_get_key_with_position(
		shard->index, 0, &first
	); // there is no key yet, but its place
	rte_hash_get_key_with_position(shard->index, 1, &second);
	shard->keys = first;
	shard->key_stride = (uint32_t)((uintptr_t)second - (uintptr_t)first);
	return first != NULL && second != NULL && shard->key_stride >= INFO_HASH_BYTES
		&& shard->key_stride <= 2 * LINE_BYTES;
}

static void *
allocate(const struct shard_config *config, const char *what, size_t bytes)
{
	return rte_zmalloc_socket(what, bytes, 2 * RTE_CACHE_LINE_SIZE, config->socket);
}

static bool
create_sources(struct sources *sources, const struct shard_config *config)
{
	size_t bytes = sources_memory_bytes(config->max_torrents, config->max_peers);
	void *memory = allocate(config, "sources", bytes);
	struct rng rng = {config->sources_seed};
	struct siphash_key key = {rng_next(&rng), rng_next(&rng)};

	if (memory == NULL)
		return false;
	sources_init(
		sources, memory, config->max_torrents, config->max_peers, config->ipv6_prefix, &key
	);
	return true;
}

static bool
create_store(struct swarm_store *store, const struct shard_config *config)
{
	uint32_t buckets = peer_index_buckets(config->max_peers);
	uint32_t chunks = chunks_of(config);
	uint32_t records = config->detail ? config->max_peers : 0;
	void *chunk_memory = allocate(config, "peers", slab_memory_bytes(chunks) + READ_SPARE);
	void *index_memory = allocate(config, "peer index", buckets * sizeof(struct peer_bucket));
	void *record_memory = records == 0
		? NULL
		: allocate(config, "records", pool_memory_bytes(records, SWARM_RECORD_BYTES));

	store->rng.state = config->seed;
	struct siphash_key secret = {rng_next(&store->rng), rng_next(&store->rng)};

	keyed_hash_key_init(&store->key, &secret);
	store->still = POOL_NONE;
	store->detail = config->detail;
	slab_init(&store->slab, chunk_memory, chunks);
	pool_init(&store->records, record_memory, records, SWARM_RECORD_BYTES);
	peer_index_init(&store->index, index_memory, buckets);
	return create_sources(&store->sources, config) && chunk_memory != NULL
		&& index_memory != NULL && (records == 0 || record_memory != NULL);
}

static void
set_times(struct shard *shard)
{
	uint32_t timeout_s = shard->config.peer_timeout_s;

	shard->time_unit_s = 1 + timeout_s / TIME_UNITS_PER_TIMEOUT;
	// Rounded up: no peer expires too early.
	shard->timeout = (uint16_t)((timeout_s + shard->time_unit_s - 1) / shard->time_unit_s);
}

struct shard *
shard_create(const struct shard_config *config)
{
	struct shard *shard = allocate(config, "shard", sizeof(*shard));

	if (shard == NULL)
		goto no_memory;
	shard->config = *config;
	shard->config.name = NULL; // the caller's
	shard->positions = positions_of(config);
	shard->sweep_family = FAMILY_IPV4;
	set_times(shard);
	shard_empty_init(shard);
	shard->index = create_index(config);
	shard->torrents =
		allocate(config, "torrents", shard->positions * sizeof(struct swarm_home));
	shard->torrents_cold =
		allocate(config, "torrents_cold", shard->positions * sizeof(struct torrent_cold));
	if (!create_store(&shard->store, config) || !find_keys(shard) || shard->torrents == NULL
	    || shard->torrents_cold == NULL)
		goto no_memory;
	return shard;

no_memory:
	shard_free(shard);
	rte_errno = ENOMEM;
	return NULL;
}

void
shard_free(struct shard *shard)
{
	if (shard == NULL)
		return;
	rte_free(shard->store.slab.chunks.items);
	rte_free(shard->store.records.items);
	rte_free(shard->store.index.buckets);
	rte_free(shard->store.sources.peers.lines); // and all that follows it
	rte_free(shard->torrents);
	rte_free(shard->torrents_cold);
	rte_hash_free(shard->index);
	rte_free(shard);
}

void
shard_set_timing(struct shard *shard, struct swarm_timing *timing)
{
	shard->store.timing = timing;
}

const struct shard_counts *
shard_counts(const struct shard *shard)
{
	return &shard->counts;
}

struct shard_used
shard_used(const struct shard *shard)
{
	return (struct shard_used){
		.lines = slab_lines_used(&shard->store.slab),
		.records = shard->store.records.used,
	};
}

struct shard_capacity
shard_capacity(const struct shard *shard)
{
	return (struct shard_capacity){
		.torrents = shard->config.max_torrents,
		.peers = shard->config.max_peers,
		.lines = shard->store.slab.chunks.count * SLAB_CHUNK_LINES,
		.records = shard->store.records.count,
	};
}

const void *
shard_index(const struct shard *shard)
{
	return shard->index;
}
