// SPDX-License-Identifier: BSD-3-Clause
// lib/swarm/shard.h: what an access list does to announces and scrapes, and how a purge removes torrents.

#include "../support/cmocka_wrap.h"
#include "../support/eal.h"
#include "../support/shard_fixture.h"

#include <rte_common.h>

#include <stdlib.h>
#include <string.h>

enum { NOW_S = 1700000000, LISTED_MAX = 64, LARGE = 300 };

static struct info_hashes *listed; // of the last list

// A list of the torrents [first, first + count), until then.
static struct access_list
make_list(enum access_mode mode, uint32_t first, unsigned count, uint32_t until_s)
{
	static uint32_t version;
	static const struct siphash_key key = {5, 6};
	size_t bytes = RTE_ALIGN(info_hashes_bytes(LISTED_MAX), LINE_BYTES);

	free(listed);
	void *memory = aligned_alloc(LINE_BYTES, bytes);

	assert_non_null(memory);
	memset(memory, 0, bytes);
	listed = info_hashes_init(memory, LISTED_MAX, &key);
	for (uint32_t torrent = first; torrent < first + count; torrent++) {
		struct info_hash_entry entry = {.until_s = until_s};

		memcpy(entry.info_hash, make_op(SHARD_SCRAPE, FAMILY_IPV4, torrent, 0).info_hash, 20
		);
		assert_int_equal(info_hashes_add(listed, &entry, 1), 1);
	}
	return (struct access_list){.version = ++version, .mode = mode, .hashes = listed};
}

// Purges until nothing is left to do. Returns the number of turns.
static unsigned
purge_all(struct shard *shard, unsigned budget)
{
	unsigned turns = 0;

	for (unsigned looked; (looked = shard_purge(shard, budget)) > 0; turns++) {
		assert_true(looked <= budget);
		assert_true(turns < EVERYTHING);
	}
	return turns;
}

static void
assert_denied(struct shard *shard, enum family family, uint32_t torrent)
{
	uint64_t rows = shard_counts(shard)->scrape_rows_denied;
	uint64_t peers = shard_peers(shard);

	for (enum event event = LEECH; event <= STOP; event++) {
		struct shard_op op = announce(shard, family, torrent, 999, event, 1);

		assert_int_equal(op.outcome, SHARD_DENIED);
		assert_int_equal(op.peer_count, 0);
		assert_op(&op, 0, 0, 0);
	}
	struct shard_op op = scrape(shard, family, torrent);

	assert_op(&op, 0, 0, 0);
	assert_int_equal(shard_counts(shard)->scrape_rows_denied, rows + 1);
	assert_int_equal(shard_peers(shard), peers);
}

static void
assert_served(struct shard *shard, enum family family, uint32_t torrent)
{
	uint64_t rows = shard_counts(shard)->scrape_rows_denied;

	assert_int_equal(announce(shard, family, torrent, 998, LEECH, 1).outcome, SHARD_DONE);
	assert_true(scrape(shard, family, torrent).leechers > 0);
	assert_int_equal(announce(shard, family, torrent, 998, STOP, 1).outcome, SHARD_DONE);
	assert_int_equal(shard_counts(shard)->scrape_rows_denied, rows);
}

static void
test_modes(void **state)
{
	static const enum access_mode modes[] = {ACCESS_OFF, ACCESS_ALLOW, ACCESS_DENY};

	(void)state;
	for (unsigned m = 0; m < RTE_DIM(modes); m++)
		for (unsigned f = 0; f < RTE_DIM(shard_families); f++) {
			struct shard *shard = make_shard(100, 100);
			struct access_list list = make_list(modes[m], 10, 5, 0);

			assert_served(shard, shard_families[f], 9);
			shard_set_access(shard, &list, NOW_S);
			purge_all(shard, 64);
			for (uint32_t torrent = 8; torrent < 17; torrent++) {
				bool is_listed = torrent >= 10 && torrent < 15;

				if (modes[m] == ACCESS_OFF
				    || is_listed == (modes[m] == ACCESS_ALLOW))
					assert_served(shard, shard_families[f], torrent);
				else
					assert_denied(shard, shard_families[f], torrent);
			}
			shard_set_access(shard, NULL, NOW_S);
			for (uint32_t torrent = 8; torrent < 17; torrent++)
				assert_served(shard, shard_families[f], torrent);
			shard_free(shard);
		}
}

// Entries end with the time that the owner gives, without another list.
static void
test_ends(void **state)
{
	struct shard *shard = make_shard(100, 100);
	struct access_list list = make_list(ACCESS_DENY, 10, 1, NOW_S + 10);

	(void)state;
	shard_set_access(shard, &list, NOW_S + 9);
	assert_denied(shard, FAMILY_IPV4, 10);
	shard_set_access(shard, &list, NOW_S + 10);
	assert_served(shard, FAMILY_IPV4, 10);
	list = make_list(ACCESS_ALLOW, 20, 1, NOW_S + 10);
	shard_set_access(shard, &list, NOW_S + 9);
	assert_served(shard, FAMILY_IPV4, 20);
	purge_all(shard, 64);
	assert_denied(shard, FAMILY_IPV4, 10);
	assert_int_equal(shard_counts(shard)->torrents, 1);
	shard_free(shard);
}

// Ops of one burst: those on the same torrent get the same decision, whatever comes between them.
static void
test_burst(void **state)
{
	struct shard *shard = make_shard(100, 100);
	struct access_list list = make_list(ACCESS_DENY, 1, 1, 0);
	struct shard_op ops[40];

	(void)state;
	shard_set_access(shard, &list, NOW_S);
	for (uint32_t i = 0; i < RTE_DIM(ops); i++) {
		ops[i] = announce_op(shard_families[i / 2 % 2], i % 2, i, LEECH);
		ops[i].peers = shard_replies[i];
	}
	shard_process(shard, ops, RTE_DIM(ops), 1);
	for (uint32_t i = 0; i < RTE_DIM(ops); i++)
		assert_int_equal(ops[i].outcome, i % 2 == 0 ? SHARD_DONE : SHARD_DENIED);
	assert_int_equal(shard_peers(shard), RTE_DIM(ops) / 2);
	assert_int_equal(shard_counts(shard)->torrents, 1);
	shard_free(shard);
}

// A torrent of the store is served until the purge reaches it: the list before decides about it.
static void
test_known_torrents_are_not_asked_about(void **state)
{
	struct shard *shard = make_shard(100, 100);
	struct access_list list = make_list(ACCESS_DENY, 1, 1, 0);

	(void)state;
	announce(shard, FAMILY_IPV4, 1, 1, SEED, 1);
	shard_set_access(shard, &list, NOW_S);
	assert_served(shard, FAMILY_IPV4, 1);
	assert_served(shard, FAMILY_IPV6, 1);
	purge_all(shard, 64);
	assert_denied(shard, FAMILY_IPV4, 1);
	assert_denied(shard, FAMILY_IPV6, 1);
	shard_free(shard);
}

// Sizes of the swarms of a torrent: inside it, in lines, in the index.
static uint32_t
swarm_size(uint32_t torrent, enum family family)
{
	static const uint32_t sizes[] = {0, 1, 4, 6, 30, 70, LARGE};

	return sizes[(torrent + (family == FAMILY_IPV6) * 2) % RTE_DIM(sizes)];
}

static void
fill(struct shard *shard, uint32_t first, uint32_t count)
{
	for (uint32_t torrent = first; torrent < first + count; torrent++)
		for (unsigned f = 0; f < RTE_DIM(shard_families); f++)
			for (uint32_t p = 0; p < swarm_size(torrent, shard_families[f]); p++)
				announce(shard, shard_families[f], torrent, p, p % 3 == 0, 1);
}

static uint32_t
peers_of(uint32_t first, uint32_t count)
{
	uint32_t sum = 0;

	for (uint32_t torrent = first; torrent < first + count; torrent++)
		sum += swarm_size(torrent, FAMILY_IPV4) + swarm_size(torrent, FAMILY_IPV6);
	return sum;
}

// All peers are found, and nothing else is in the store when they have stopped.
static void
assert_only(struct shard *shard, uint32_t first, uint32_t count)
{
	uint32_t sum = peers_of(first, count);

	assert_int_equal(shard_peers(shard), sum);
	assert_int_equal(shard->peers, sum);
	for (uint32_t torrent = first; torrent < first + count; torrent++)
		for (unsigned f = 0; f < RTE_DIM(shard_families); f++)
			for (uint32_t p = 0; p < swarm_size(torrent, shard_families[f]); p++) {
				announce(shard, shard_families[f], torrent, p, STOP, 1);
				assert_int_equal(shard_peers(shard), --sum);
			}
	for (unsigned f = 0; f < FAMILY_COUNT; f++)
		assert_int_equal(
			shard_counts(shard)->seeders[f] + shard_counts(shard)->leechers[f], 0
		);
	assert_int_equal(slab_lines_used(&shard->store.slab), 0);
	assert_int_equal(shard->store.records.used, 0);
	for (uint32_t b = 0; b < shard->store.index.count; b++) {
		assert_int_equal(shard->store.index.buckets[b].passed, 0);
		for (unsigned e = 0; e < PEER_INDEX_ENTRIES; e++)
			assert_int_equal(shard->store.index.buckets[b].entries[e], 0);
	}
}

// Whatever the budget, all that is not allowed leaves, and all of the rest stays.
static void
test_purge_is_complete(void **state)
{
	static const unsigned budgets[] = {1, 7, 64, EVERYTHING};

	(void)state;
	for (unsigned b = 0; b < RTE_DIM(budgets); b++)
		for (unsigned detail = 0; detail < 2; detail++) {
			struct shard *shard = make_shard_with(100, 5000, detail);
			struct access_list list = make_list(ACCESS_ALLOW, 10, 8, 0);
			uint32_t all = peers_of(0, 30);

			fill(shard, 0, 30);
			assert_int_equal(purge_all(shard, budgets[b]), 0);
			shard_set_access(shard, &list, NOW_S);
			unsigned turns = purge_all(shard, budgets[b]);

			assert_true(turns >= (30 + all - peers_of(10, 8)) / budgets[b]);
			assert_int_equal(shard_counts(shard)->torrents, 8);
			assert_int_equal(shard_counts(shard)->torrents_purged, 22);
			assert_int_equal(shard_counts(shard)->peers_purged, all - peers_of(10, 8));
			assert_int_equal(shard_counts(shard)->peers_expired, 0);
			assert_int_equal(shard_counts(shard)->torrents_expired, 0);
			shard_set_access(shard, &list, NOW_S); // the same one
			assert_int_equal(purge_all(shard, budgets[b]), 0);
			assert_only(shard, 10, 8);
			shard_free(shard);
		}
}

// Torrents without peers leave, too, and the lists in which they wait.
static void
test_purge_of_empty_torrents(void **state)
{
	struct shard *shard = make_shard(100, 100);
	struct access_list list = make_list(ACCESS_DENY, 1, 1, 0);

	(void)state;
	shard->config.keep_completed_s = 1000;
	for (uint32_t torrent = 0; torrent < 3; torrent++)
		for (enum event event = LEECH; event <= STOP; event++)
			announce(shard, FAMILY_IPV4, torrent, 5, event, 10);
	assert_int_equal(shard->empty.count, 3);
	shard_set_access(shard, &list, NOW_S);
	purge_all(shard, 64);
	assert_int_equal(shard->empty.count, 2);
	assert_int_equal(shard_counts(shard)->torrents, 2);
	shard->config.max_torrents = 1;
	assert_int_equal(shard_trim(shard, 10), 2);
	assert_int_equal(shard_counts(shard)->torrents, 0);
	shard_free(shard);
}

// While the peers of a torrent are removed, its place serves another one with the same peers, whose entries
// in the index have the same keys.
static void
test_place_is_used_during_the_purge(void **state)
{
	(void)state;
	for (unsigned detail = 0; detail < 2; detail++) {
		struct shard *shard = make_shard_with(8, 5000, detail);
		struct access_list list = make_list(ACCESS_DENY, 6, 1, 0);

		fill(shard, 6, 1); // LARGE over IPv4
		shard_set_access(shard, &list, NOW_S);
		for (unsigned turn = 0; shard_counts(shard)->torrents > 0; turn++)
			shard_purge(shard, 1);
		assert_int_equal(shard_peers(shard), peers_of(6, 1));
		assert_denied(shard, FAMILY_IPV4, 6);
		for (uint32_t torrent = 13; torrent < 17; torrent++) { // some in the same place
			fill(shard, torrent, 1);
			for (unsigned turn = 0; turn < 40; turn++)
				assert_int_equal(shard_purge(shard, 1), 1);
		}
		purge_all(shard, 3);
		assert_only(shard, 13, 4);
		shard_free(shard);
	}
}

// A newer list starts the search again; without a list it ends. Peers of a torrent that has left go even so.
static void
test_another_list_during_the_purge(void **state)
{
	struct shard *shard = make_shard(100, 5000);
	struct access_list list = make_list(ACCESS_DENY, 20, 8, 0);

	(void)state;
	fill(shard, 0, 30);
	shard_set_access(shard, &list, NOW_S);
	while (shard_counts(shard)->torrents_purged < 7)
		shard_purge(shard, 5);
	uint64_t left = shard_counts(shard)->torrents;

	list = make_list(ACCESS_DENY, 0, 3, 0);
	shard_set_access(shard, &list, NOW_S);
	assert_served(shard, FAMILY_IPV4, 20); // it was purged, and is allowed again
	purge_all(shard, 5);
	assert_int_equal(shard_counts(shard)->torrents, left + 1 - 3);
	for (uint32_t torrent = 0; torrent < 3; torrent++)
		assert_denied(shard, FAMILY_IPV6, torrent);

	list = make_list(ACCESS_DENY, 6, 1, 0); // LARGE
	shard_set_access(shard, &list, NOW_S);
	left = shard_counts(shard)->torrents;
	while (shard_counts(shard)->torrents == left)
		shard_purge(shard, 1);
	uint64_t peers = shard_peers(shard);

	shard_set_access(shard, NULL, NOW_S);
	purge_all(shard, 64);
	assert_int_equal(shard_peers(shard), peers - peers_of(6, 1));
	assert_served(shard, FAMILY_IPV4, 6);
	shard_free(shard);
}

// The sweep may be inside of a torrent that leaves. The torrents behind it are swept from their first peer.
static void
test_sweep_meets_the_purge(void **state)
{
	struct shard *shard = make_shard(8, 5000);
	struct access_list list = make_list(ACCESS_DENY, 6, 1, 0);

	(void)state;
	announce(shard, FAMILY_IPV4, 6, 1, LEECH, 1);
	uint32_t place = 0;

	while (!shard->torrents_cold[place].used)
		place++;
	fill(shard, 6, 7);
	while (shard->sweep_torrent != place || shard->sweep_peer < 100)
		shard_sweep(shard, 1, 2);
	shard_set_access(shard, &list, NOW_S);
	purge_all(shard, 64);
	assert_int_equal(shard->sweep_peer, 0);
	shard_sweep_all(shard, 5, 2); // to the end of this round
	shard_sweep_all(shard, 5, 2 + TIMEOUT_S);
	assert_int_equal(shard_peers(shard), 0);
	assert_int_equal(shard_counts(shard)->torrents, 0);
	assert_int_equal(shard_counts(shard)->torrents_expired, 6);
	shard_free(shard);
}

static int
set_up(void **state)
{
	(void)state;
	test_eal_init();
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	free(listed);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_modes),
		cmocka_unit_test(test_ends),
		cmocka_unit_test(test_burst),
		cmocka_unit_test(test_known_torrents_are_not_asked_about),
		cmocka_unit_test(test_purge_is_complete),
		cmocka_unit_test(test_purge_of_empty_torrents),
		cmocka_unit_test(test_place_is_used_during_the_purge),
		cmocka_unit_test(test_another_list_during_the_purge),
		cmocka_unit_test(test_sweep_meets_the_purge),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
