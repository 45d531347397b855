// SPDX-License-Identifier: BSD-3-Clause
// lib/swarm/sources.h and source_counts.h: counts of sources, and their limits.

#include "../../lib/base/rng.h"
#include "../../lib/swarm/sources.h"
#include "../support/cmocka_wrap.h"

#include <rte_common.h>

#include <stdlib.h>
#include <string.h>

enum {
	PEERS = 8192, // capacity
	TORRENTS = 4096,
	ADDRESSES = 500,
};

static void
open_sources(struct sources *sources, unsigned ipv6_prefix, uint64_t key)
{
	size_t bytes = sources_memory_bytes(TORRENTS, PEERS);
	void *memory = aligned_alloc(64, RTE_ALIGN_CEIL(bytes, (size_t)64));

	assert_non_null(memory);
	memset(memory, 0, bytes);
	sources_init(
		sources, memory, TORRENTS, PEERS, ipv6_prefix, &(struct siphash_key){key, key + 1}
	);
}

static void
free_sources(struct sources *sources)
{
	free(sources->peers.lines);
}

static const uint8_t *
ipv4(uint32_t number)
{
	static uint8_t address[4];
	uint32_t bytes = rte_cpu_to_be_32(0x0a000000 + number);

	memcpy(address, &bytes, 4);
	return address;
}

static uint64_t
hash4(const struct sources *sources, uint32_t number)
{
	return sources_hash(sources, FAMILY_IPV4, ipv4(number));
}

static void
add(struct sources *sources, uint32_t number, uint32_t torrent)
{
	sources_add(sources, hash4(sources, number), torrent, FAMILY_IPV4, ipv4(number));
}

static uint32_t
estimate(const struct sources *sources, uint32_t number)
{
	return source_counts_estimate(&sources->peers, hash4(sources, number));
}

static void
assert_empty(const struct source_counts *counts)
{
	for (uint32_t line = 0; line < counts->count; line++)
		for (unsigned cell = 0; cell < RTE_DIM(counts->lines->cells); cell++)
			assert_int_equal(counts->lines[line].cells[cell], 0);
}

// Peers come and go at random. No estimate is below the count, few are above it, and in the end all are 0.
static void
test_counts(void **state)
{
	struct sources sources;
	static uint32_t counts[ADDRESSES];
	struct rng rng = {5};
	unsigned wrong = 0;

	(void)state;
	open_sources(&sources, 64, 3);
	for (unsigned step = 0; step < 200000; step++) {
		uint32_t number = rng_below(&rng, ADDRESSES);

		if (rng_below(&rng, 2) == 0 && counts[number] < 10) {
			add(&sources, number, number % 7);
			counts[number]++;
		} else if (counts[number] > 0) {
			sources_remove(&sources, hash4(&sources, number), number % 7);
			counts[number]--;
		}
		assert_true(estimate(&sources, number) >= counts[number]);
	}
	for (uint32_t number = 0; number < ADDRESSES; number++)
		wrong += estimate(&sources, number) != counts[number];
	assert_true(wrong < ADDRESSES / 10);
	for (uint32_t number = 0; number < ADDRESSES; number++)
		for (; counts[number] > 0; counts[number]--)
			sources_remove(&sources, hash4(&sources, number), number % 7);
	assert_empty(&sources.peers);
	assert_empty(&sources.pairs);
	free_sources(&sources);
}

// The bounds of source_counts.h: with as many peers of light sources as the table is for, a heavy one disturbs
// nearly nobody, and light ones add five peers on average, or one to those of one torrent.
static void
test_error(void **state)
{
	struct sources sources;
	unsigned disturbed = 0;
	uint64_t excess = 0, pair_excess = 0;

	(void)state;
	open_sources(&sources, 64, 7);
	for (unsigned i = 0; i < 100000; i++)
		add(&sources, 1 << 20, 1);
	for (uint32_t number = 0; number < PEERS; number++)
		add(&sources, number, number % 10);
	for (uint32_t number = 0; number < PEERS; number++) {
		uint32_t count = estimate(&sources, number);
		uint64_t pair = sources_pair(hash4(&sources, number), number % 10);
		uint32_t pairs = source_counts_estimate(&sources.pairs, pair);

		disturbed += count >= 100000;
		disturbed += pairs >= 100000;
		excess += count >= 100000 ? 0 : count - 1;
		pair_excess += pairs >= 100000 ? 0 : pairs - 1;
	}
	assert_true(disturbed <= 3); // expected: PEERS / lines / 256, 0.1
	assert_true(excess < 7 * PEERS);
	assert_true(pair_excess < 2 * PEERS);
	free_sources(&sources);
}

// Which addresses are one source.
static void
test_sources_of_a_family(void **state)
{
	const uint8_t one[16] = {0x20, 1, 0xd, 0xb8, 0, 5, 0x12, 0x34, 9};
	const uint8_t same[16] = {0x20, 1, 0xd, 0xb8, 0, 5, 0x12, 0x34, 1, 2, 3};
	const uint8_t near[16] = {0x20, 1, 0xd, 0xb8, 0, 5, 0x12, 0x35, 9};
	const uint8_t far[16] = {0x20, 1, 0xd, 0xb8, 0, 6, 0x12, 0x34, 9};
	const uint8_t zero[16] = {0};
	struct sources sources, wide;

	(void)state;
	open_sources(&sources, 64, 9);
	open_sources(&wide, 48, 9);
#define HASH(sources, address) sources_hash(&(sources), FAMILY_IPV6, address)
	assert_true(HASH(sources, one) == HASH(sources, same));
	assert_true(HASH(sources, one) != HASH(sources, near));
	assert_true(HASH(wide, one) == HASH(wide, near));
	assert_true(HASH(wide, one) != HASH(wide, far));
	assert_true(sources_hash(&sources, FAMILY_IPV4, zero) != HASH(sources, zero));
	assert_true(hash4(&sources, 1) != hash4(&sources, 2));
#undef HASH
	free_sources(&sources);
	free_sources(&wide);
}

// From three quarters on, sources that take all they get leave room for others: n reach n/(n+2).
static void
test_scarce(void **state)
{
	(void)state;
	for (unsigned heavy = 1; heavy <= 20; heavy++) {
		struct sources sources;
		uint32_t free = PEERS;
		bool added = true;

		open_sources(&sources, 64, 11 + heavy);
		sources_set_limits(
			&sources, &(struct source_limits){.peers = PEERS, .peers_here = PEERS}
		);
		while (added) {
			added = false;
			for (uint32_t number = 0; number < heavy; number++)
				if (sources_may_add(&sources, hash4(&sources, number), free)) {
					add(&sources, number, number);
					free--;
					added = true;
				}
		}
		uint32_t most = RTE_MAX(PEERS / 4 * 3 + heavy, PEERS * heavy / (heavy + 2) + heavy);

		assert_true(PEERS - free <= most);
		assert_true(free > 0);
		assert_true(sources_may_add(&sources, hash4(&sources, 100), free));
		free_sources(&sources);
	}
}

enum { SHARDS = 4 }; // of a ring

static void
open_ring(struct sources *shards, uint32_t limit)
{
	const struct source_limits limits = {.peers = limit, .peers_here = limit / SHARDS};

	for (unsigned s = 0; s < SHARDS; s++) {
		open_sources(&shards[s], 64, 13);
		sources_set_limits(&shards[s], &limits);
		if (s > 0)
			sources_join(&shards[0], &shards[s]);
	}
}

// Shards of a ring count together, and a source that is in one of them alone gets the whole limit there.
static void
test_ring(void **state)
{
	enum { LIMIT = 100 };
	struct sources shards[SHARDS];
	unsigned added = 0;

	(void)state;
	open_ring(shards, LIMIT);
	while (sources_may_add(&shards[2], hash4(&shards[2], 1), PEERS)) {
		add(&shards[2], 1, 0);
		added++;
	}
	assert_int_equal(added, LIMIT);
	added = 0;
	for (unsigned s = 0; added < 1000; s = (s + 1) % SHARDS, added++) {
		if (!sources_may_add(&shards[s], hash4(&shards[s], 2), PEERS))
			break;
		add(&shards[s], 2, 0);
	}
	assert_int_equal(added, LIMIT);
	for (unsigned s = 0; s < SHARDS; s++)
		free_sources(&shards[s]);
}

// A source fills one shard after the other: never more than its limit, and nearly all of it in the first.
static void
test_ring_one_after_the_other(void **state)
{
	enum { LIMIT = 3000 };
	struct sources shards[SHARDS];
	unsigned added[SHARDS] = {0}, sum = 0;

	(void)state;
	open_ring(shards, LIMIT);
	for (unsigned s = 0; s < SHARDS; s++) {
		for (; sources_may_add(&shards[s], hash4(&shards[s], 1), PEERS); added[s]++)
			add(&shards[s], 1, 0);
		assert_true(added[s] > 0);
		sum += added[s];
	}
	assert_int_equal(sum, LIMIT);
	assert_true(added[0] >= LIMIT - LIMIT / 64);
	for (unsigned s = 0; s < SHARDS; s++)
		free_sources(&shards[s]);
}

// The limit at once, as many again in an hour, and none of it lasts.
static void
test_torrents(void **state)
{
	enum { LIMIT = 120, START_S = 5000 };
	struct sources sources;
	uint32_t now_s = START_S;
	unsigned added = 0;

	(void)state;
	open_sources(&sources, 64, 15);
	sources_set_limits(&sources, &(struct source_limits){.torrents = LIMIT});
	for (; now_s <= START_S + 3600; now_s++)
		while (sources_may_add_torrent(&sources, hash4(&sources, 1), now_s)) {
			sources_add_torrent(&sources, hash4(&sources, 1), now_s);
			added++;
			assert_true(now_s > START_S || added <= LIMIT);
			assert_true(added <= LIMIT + 1 + (now_s - START_S) / 30);
		}
	assert_int_equal(added, 2 * LIMIT);
	assert_true(sources_may_add_torrent(&sources, hash4(&sources, 2), now_s));
	now_s += 3600;
	for (added = 0; sources_may_add_torrent(&sources, hash4(&sources, 1), now_s); added++)
		sources_add_torrent(&sources, hash4(&sources, 1), now_s);
	assert_int_equal(added, LIMIT);
	sources_set_limits(&sources, &(struct source_limits){0});
	assert_true(sources_may_add_torrent(&sources, hash4(&sources, 1), now_s));
	free_sources(&sources);
}

static void
test_largest(void **state)
{
	const uint8_t ipv6[16] = {0x20, 1, 0xd, 0xb8, 1, 2, 3, 4, 5, 6};
	struct sources sources;
	struct source_row rows[SOURCE_HOLDERS];

	(void)state;
	open_sources(&sources, 64, 17);
	assert_int_equal(sources.holder_from, 16);
	for (uint32_t number = 0; number < 2000; number++)
		for (uint32_t peer = 0; peer < 1 + number % 15; peer++)
			add(&sources, number, peer);
	for (uint32_t peer = 0; peer < 300; peer++)
		add(&sources, 5000, peer);
	for (uint32_t peer = 0; peer < 40; peer++)
		sources_add(
			&sources, sources_hash(&sources, FAMILY_IPV6, ipv6), peer, FAMILY_IPV6, ipv6
		);
	unsigned count = sources_rows(&sources, rows, RTE_DIM(rows)), found = 0;

	for (unsigned i = 0; i < count; i++) {
		assert_true(rows[i].peers >= 16);
		if (rows[i].name == sources_name(&sources, FAMILY_IPV4, ipv4(5000))) {
			assert_in_range(rows[i].peers, 300, 320);
			found++;
		}
		if (rows[i].name == sources_name(&sources, FAMILY_IPV6, ipv6)) {
			assert_int_equal(rows[i].name, UINT64_C(0x20010db801020304));
			assert_in_range(rows[i].peers, 40, 60);
			found++;
		}
	}
	assert_int_equal(found, 2);
	assert_int_equal(sources_rows(&sources, rows, 1), 1);
	for (uint32_t peer = 0; peer < 300; peer++)
		sources_remove(&sources, hash4(&sources, 5000), peer);
	assert_true(sources_rows(&sources, rows, RTE_DIM(rows)) < count); // it has left
	free_sources(&sources);
}

// More large sources than places: the largest stay.
static void
test_largest_of_many(void **state)
{
	struct sources sources;
	struct source_row rows[SOURCE_HOLDERS];
	unsigned largest = 0;

	(void)state;
	open_sources(&sources, 64, 19);
	for (uint32_t number = 0; number < 3000; number++)
		for (uint32_t peer = 0; peer < (number < 20 ? 1000 : 30); peer++)
			add(&sources, number, peer);
	unsigned count = sources_rows(&sources, rows, RTE_DIM(rows));

	assert_true(count > SOURCE_HOLDERS / 2);
	for (unsigned i = 0; i < count; i++)
		largest += rows[i].peers >= 1000;
	assert_true(largest >= 20);
	free_sources(&sources);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_counts),
		cmocka_unit_test(test_error),
		cmocka_unit_test(test_sources_of_a_family),
		cmocka_unit_test(test_scarce),
		cmocka_unit_test(test_ring),
		cmocka_unit_test(test_ring_one_after_the_other),
		cmocka_unit_test(test_torrents),
		cmocka_unit_test(test_largest),
		cmocka_unit_test(test_largest_of_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
