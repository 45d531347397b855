// SPDX-License-Identifier: BSD-3-Clause

#include "swarm_fixture.h"

#include "cmocka_wrap.h"

#include <rte_common.h>

#include <stdlib.h>
#include <string.h>

enum { READ_SPARE = 64 }; // bytes behind the chunks, as in the shard

const enum family swarm_families[2] = {FAMILY_IPV4, FAMILY_IPV6};

// Memory that is not zero.
static void *
dirty_memory(size_t bytes)
{
	void *memory = aligned_alloc(64, RTE_ALIGN_CEIL(bytes + 64, (size_t)64));

	assert_non_null(memory);
	memset(memory, 0xa7, bytes);
	return memory;
}

static void
open_sources(struct sources *sources, uint32_t peers)
{
	size_t bytes = sources_memory_bytes(1, peers);
	void *memory = aligned_alloc(64, RTE_ALIGN_CEIL(bytes, (size_t)64));

	assert_non_null(memory);
	memset(memory, 0, bytes);
	sources_init(sources, memory, 1, peers, 64, &(struct siphash_key){14, 15});
}

static void
open_store(struct swarm_fixture *fixture)
{
	const struct swarm_sizes *sizes = &fixture->sizes;
	struct swarm_store *store = &fixture->store;
	size_t index_bytes = sizes->buckets * sizeof(struct peer_bucket);
	void *buckets = aligned_alloc(64, index_bytes);
	void *chunks = dirty_memory(slab_memory_bytes(sizes->chunks) + READ_SPARE);

	assert_non_null(buckets);
	memset(buckets, 0, index_bytes);
	peer_index_init(&store->index, buckets, sizes->buckets);
	slab_init(&store->slab, chunks, sizes->chunks);
	if (sizes->detail)
		pool_init(
			&store->records,
			dirty_memory(pool_memory_bytes(sizes->records, SWARM_RECORD_BYTES)),
			sizes->records,
			SWARM_RECORD_BYTES
		);
	open_sources(&store->sources, sizes->swarms * sizes->numbers);
	store->still = POOL_NONE;
	store->detail = sizes->detail;
	keyed_hash_key_init(&store->key, &(struct siphash_key){11, 12});
	store->rng.state = 13;
}

static void
open_member(struct swarm_fixture *fixture, unsigned m)
{
	struct swarm_member *member = &fixture->members[m];
	bool ipv4 = (fixture->sizes.family == FAMILY_IPV4) == (m % 2 == 0);

	*member =
		(struct swarm_member){.records = calloc(fixture->sizes.numbers, sizeof(uint32_t))};
	member->home = dirty_memory(sizeof(*member->home));
	member->home->swarm = (struct swarm){0};
	member->ref = (struct swarm_ref){
		.store = &fixture->store,
		.home = member->home,
		.torrent = m,
		.family = ipv4 ? FAMILY_IPV4 : FAMILY_IPV6,
	};
	naive_swarm_init(&member->naive, ipv4 ? 6 : 18);
	assert_non_null(member->records);
}

void
swarm_fixture_open(struct swarm_fixture *fixture, const struct swarm_sizes *sizes)
{
	*fixture = (struct swarm_fixture){.sizes = *sizes, .rng = {sizes->numbers + sizes->family}};
	open_store(fixture);
	fixture->members = calloc(sizes->swarms, sizeof(*fixture->members));
	assert_non_null(fixture->members);
	for (unsigned m = 0; m < sizes->swarms; m++)
		open_member(fixture, m);
}

void
swarm_fixture_close(struct swarm_fixture *fixture)
{
	for (unsigned m = 0; m < fixture->sizes.swarms; m++) {
		naive_swarm_free(&fixture->members[m].naive);
		free(fixture->members[m].records);
		free(fixture->members[m].home);
	}
	free(fixture->members);
	free(fixture->store.slab.chunks.items);
	free(fixture->store.records.items);
	free(fixture->store.index.buckets);
	free(fixture->store.sources.peers.lines);
}

struct swarm_sizes
swarm_sizes_ample(enum family family, bool detail, unsigned swarms, uint32_t numbers)
{
	return (struct swarm_sizes){
		.family = family,
		.detail = detail,
		.swarms = swarms,
		.numbers = numbers,
		.chunks = swarm_chunks(FAMILY_IPV6, detail, swarms * numbers, swarms),
		.records = swarms * numbers,
		.buckets = peer_index_buckets(swarms * numbers),
	};
}

void
swarm_address_write(uint8_t address[18], unsigned stride, uint32_t n)
{
	memset(address, 0x5a, 18);
	address[stride == 6 ? 0 : 3] = (uint8_t)(n >> 16);
	address[stride == 6 ? 3 : 12] = (uint8_t)(n >> 8);
	address[stride - 1] = (uint8_t)n;
}

uint32_t
swarm_address_number(const uint8_t *address, unsigned stride)
{
	uint8_t whole[18];
	uint32_t n = (uint32_t)address[stride == 6 ? 0 : 3] << 16
		| (uint32_t)address[stride == 6 ? 3 : 12] << 8 | address[stride - 1];

	swarm_address_write(whole, stride, n);
	assert_memory_equal(whole, address, stride);
	return n;
}

uint32_t
swarm_member_lines(const struct swarm_member *member)
{
	static const unsigned per_line[2][2] = {{8, 5}, {3, 2}};
	static const unsigned per_chunk[2][2] = {{64, 42}, {25, 21}};
	bool ipv6 = member->ref.family == FAMILY_IPV6;
	bool detail = member->ref.store->detail;
	uint32_t peers = swarm_peers(&member->home->swarm);
	uint32_t level = (peers + per_chunk[ipv6][detail] - 1) / per_chunk[ipv6][detail];
	uint32_t chunks = level;

	if (member->home->swarm.levels == SWARM_IN_HOME)
		return 0;
	if (member->home->swarm.levels == SWARM_IN_LINES)
		return (peers + per_line[ipv6][detail] - 1) / per_line[ipv6][detail];
	for (unsigned n = SWARM_IN_CHUNKS; n < member->home->swarm.levels; n++) {
		level = (level + 127) / 128;
		chunks += level;
	}
	return chunks * SLAB_CHUNK_LINES;
}

static void
assert_peer_same(const struct swarm_member *member, uint32_t i)
{
	uint16_t time;
	const struct swarm_record *record;
	const uint8_t *address = swarm_peer(&member->ref, i, &time, &record);
	struct naive_peer *peer = naive_swarm_find(&member->naive, address);
	uint32_t n = swarm_address_number(address, member->naive.stride);

	assert_non_null(peer);
	assert_false(peer->marked); // no peer is in two places
	peer->marked = true;
	assert_int_equal(i >= member->home->swarm.leechers, peer->seeder);
	assert_int_equal(time, peer->seen_s & SWARM_TIME_MAX);
	if (!member->ref.store->detail) {
		assert_null(record);
		return;
	}
	assert_ptr_equal(record, pool_at(&member->ref.store->records, member->records[n]));
	assert_memory_equal(record->peer_id, &n, sizeof(n));
	assert_memory_equal(record->peer_id + 4, &member->ref.torrent, sizeof(uint32_t));
}

// All peers of the model are in the swarm, leechers first.
static void
assert_same(const struct swarm_member *member)
{
	const struct naive_swarm *naive = &member->naive;
	const struct swarm *swarm = &member->home->swarm;

	assert_int_equal(swarm->seeders, naive_swarm_seeders(naive));
	assert_int_equal(swarm->leechers, naive_swarm_leechers(naive));
	for (unsigned p = 0; p < naive->count; p++)
		naive->peers[p].marked = false;
	for (uint32_t i = 0; i < swarm_peers(swarm); i++)
		assert_peer_same(member, i);
	if (swarm_peers(swarm) > SWARM_INDEXED_FROM)
		assert_true(swarm->indexed);
	if (swarm_peers(swarm) <= SWARM_UNINDEXED_TO)
		assert_false(swarm->indexed);
	if (swarm_peers(swarm) > 6)
		assert_true(swarm->levels >= SWARM_IN_LINES);
	if (swarm_peers(swarm) > 96)
		assert_true(swarm->levels >= SWARM_IN_CHUNKS);
}

uint32_t
swarm_index_entries(const struct swarm_store *store)
{
	uint32_t entries = 0;

	for (uint32_t b = 0; b < store->index.count; b++)
		for (unsigned i = 0; i < PEER_INDEX_ENTRIES; i++)
			entries += store->index.buckets[b].entries[i] != 0;
	return entries;
}

void
assert_swarm_store(const struct swarm_fixture *fixture)
{
	uint32_t lines = 0, records = 0, indexed = 0;

	for (unsigned m = 0; m < fixture->sizes.swarms; m++) {
		const struct swarm_member *member = &fixture->members[m];

		assert_same(member);
		lines += swarm_member_lines(member);
		records += swarm_peers(&member->home->swarm);
		indexed += member->home->swarm.indexed ? swarm_peers(&member->home->swarm) : 0;
	}
	assert_int_equal(slab_lines_used(&fixture->store.slab), lines);
	assert_int_equal(swarm_index_entries(&fixture->store), indexed);
	if (fixture->sizes.detail)
		assert_int_equal(fixture->store.records.used, records);
}

void
assert_swarms_empty(const struct swarm_fixture *fixture)
{
	const struct peer_index *index = &fixture->store.index;
	static const struct peer_bucket zero;

	assert_int_equal(slab_lines_used(&fixture->store.slab), 0);
	assert_int_equal(fixture->store.slab.chunks.used, 0);
	assert_int_equal(fixture->store.records.used, 0);
	for (uint32_t b = 0; b < index->count; b++)
		assert_memory_equal(&index->buckets[b], &zero, sizeof(zero));
	for (unsigned m = 0; m < fixture->sizes.swarms; m++)
		assert_int_equal(swarm_peers(&fixture->members[m].home->swarm), 0);
}
