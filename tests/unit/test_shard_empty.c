// SPDX-License-Identifier: BSD-3-Clause
// lib/swarm/shard.h: torrents without peers that are kept for their download counts.

#include "../../lib/base/rng.h"
#include "../support/cmocka_wrap.h"
#include "../support/eal.h"
#include "../support/shard_fixture.h"

#include <rte_common.h>

enum { KEEP_S = 100000 };

static struct shard *
make_keeping_shard(uint32_t max_torrents)
{
	struct shard *shard = make_shard(max_torrents, 1000);

	shard->config.keep_completed_s = KEEP_S;
	return shard;
}

// `downloads` peers come, finish and leave.
static void
download(struct shard *shard, uint32_t torrent, uint32_t downloads, uint32_t now_s)
{
	for (uint32_t peer = 0; peer < downloads; peer++) {
		announce(shard, FAMILY_IPV4, torrent, peer, LEECH, now_s);
		announce(shard, FAMILY_IPV4, torrent, peer, SEED, now_s);
		announce(shard, FAMILY_IPV4, torrent, peer, STOP, now_s);
	}
}

static bool
is_kept(struct shard *shard, uint32_t torrent)
{
	return scrape(shard, FAMILY_IPV4, torrent).completed > 0;
}

// At most an eighth is kept: the least downloaded leave first, and among them those that are empty for longest.
static void
test_least_downloaded_leave_first(void **state)
{
	static const uint32_t downloads[] = {9, 2, 3, 1, 5, 1, 15, 1, 2, 8};
	struct shard *shard = make_keeping_shard(32);

	(void)state;
	for (uint32_t torrent = 0; torrent < RTE_DIM(downloads); torrent++)
		download(shard, torrent, downloads[torrent], 10 + torrent);
	assert_int_equal(shard_counts(shard)->torrents, 10);
	static const uint32_t order[] = {3, 5, 7, 1, 2, 8};

	for (unsigned i = 0; i < RTE_DIM(order); i++) {
		assert_true(is_kept(shard, order[i]));
		assert_int_equal(shard_trim(shard, 1), 1);
		assert_false(is_kept(shard, order[i]));
	}
	assert_int_equal(shard_trim(shard, 100), 0);
	assert_int_equal(shard_counts(shard)->torrents, 4);
	assert_int_equal(shard_counts(shard)->torrents_expired, 6);
	shard_free(shard);
}

// Torrents without a download leave at once, however empty the table is.
static void
test_without_downloads(void **state)
{
	struct shard *shard = make_keeping_shard(100);

	(void)state;
	download(shard, 1, 1, 10);
	for (uint32_t torrent = 2; torrent < 10; torrent++) {
		announce(shard, shard_families[torrent % 2], torrent, 1, SEED, 10);
		announce(shard, shard_families[torrent % 2], torrent, 1, STOP, 10);
	}
	announce(shard, FAMILY_IPV4, 20, 1, LEECH, 10);
	assert_int_equal(shard_trim(shard, 3), 3);
	assert_int_equal(shard_trim(shard, 100), 5);
	assert_int_equal(shard_counts(shard)->torrents, 2);
	shard_free(shard);
}

// A torrent to which a peer comes back stays, and its place in the lists is free.
static void
test_peer_comes_back(void **state)
{
	struct shard *shard = make_keeping_shard(16);

	(void)state;
	for (uint32_t torrent = 0; torrent < 6; torrent++)
		download(shard, torrent, 1, 10);
	announce(shard, FAMILY_IPV6, 0, 1, LEECH, 11); // the first
	announce(shard, FAMILY_IPV4, 3, 1, LEECH, 11); // from the middle
	announce(shard, FAMILY_IPV4, 5, 1, SEED, 11); // the last
	assert_int_equal(shard_trim(shard, 100), 1);
	assert_false(is_kept(shard, 1));
	announce(shard, FAMILY_IPV6, 0, 1, STOP, 12); // now behind 2 and 4
	assert_int_equal(shard_trim(shard, 100), 1);
	assert_false(is_kept(shard, 2));
	assert_true(is_kept(shard, 0));
	assert_true(is_kept(shard, 3));
	assert_true(is_kept(shard, 4));
	shard_free(shard);
}

// Expired peers leave their torrents in the lists, too, and the time of keeping ends.
static void
test_sweep_and_trim(void **state)
{
	struct shard *shard = make_keeping_shard(80);
	uint32_t now_s = 10;

	(void)state;
	for (uint32_t torrent = 0; torrent < 20; torrent++) {
		announce(shard, FAMILY_IPV4, torrent, 1, LEECH, now_s);
		announce(shard, FAMILY_IPV4, torrent, 1, torrent < 15 ? SEED : LEECH, now_s);
	}
	now_s += TIMEOUT_S + 1;
	shard_sweep_all(shard, 100, now_s);
	assert_int_equal(shard_peers(shard), 0);
	assert_int_equal(shard_counts(shard)->torrents, 15);
	assert_int_equal(shard_trim(shard, 100), 5);
	assert_int_equal(shard->empty.count, 10);
	shard_sweep_all(shard, 100, now_s + KEEP_S);
	assert_int_equal(shard_counts(shard)->torrents, 0);
	assert_int_equal(shard->empty.count, 0);
	for (unsigned i = 0; i < SHARD_EMPTY_LISTS; i++)
		assert_true(shard->empty.lists[i].first == -1 && shard->empty.lists[i].last == -1);
	shard_free(shard);
}

// A new torrent whose only peer was not stored leaves at once.
static void
test_peer_not_stored(void **state)
{
	struct shard *shard = make_shard_with(100, 10, true);
	struct shard_op op;

	(void)state;
	while (slab_get_chunk(&shard->store.slab) != POOL_NONE) // memory for IPv6 swarms is used up
		;
	op = announce(shard, FAMILY_IPV6, 1, 1, LEECH, 10);
	assert_int_equal(op.outcome, SHARD_PEERS_FULL);
	shard_trim(shard, 10);
	assert_int_equal(shard_counts(shard)->torrents, 0);
	shard_free(shard);
}

// Five packets for each torrent fill the table with downloads that nobody has made. Others still find places.
static void
test_flood_of_downloads(void **state)
{
	enum { TORRENTS = 4096, PER_TURN = 12 };
	struct shard *shard = make_keeping_shard(TORRENTS);
	uint32_t torrent = 1000;

	(void)state;
	for (uint32_t popular = 0; popular < 100; popular++)
		download(shard, popular, 40, 9);
	for (unsigned turn = 0; turn < 2 * TORRENTS / PER_TURN; turn++) {
		for (unsigned i = 0; i < PER_TURN; i++)
			download(shard, torrent++, 1, 10);
		shard_trim(shard, 64);
		assert_true(shard_counts(shard)->torrents <= TORRENTS / 8);
	}
	for (uint32_t popular = 0; popular < 100; popular++)
		assert_true(is_kept(shard, popular));
	shard_free(shard);
}

// Lists stay right whatever happens: compared with a look at all torrents.
static void
test_random(void **state)
{
	enum { TORRENTS = 64 };
	struct shard *shard = make_keeping_shard(TORRENTS);
	struct rng rng = {21};
	uint32_t now_s = 10;

	(void)state;
	for (unsigned step = 0; step < 100000; step++) {
		uint32_t empty = 0;

		announce(
			shard,
			shard_families[rng_below(&rng, 2)],
			rng_below(&rng, 100),
			rng_below(&rng, 3),
			rng_below(&rng, 3),
			now_s
		);
		now_s += rng_below(&rng, 20) == 0;
		if (rng_below(&rng, 10) == 0)
			shard_sweep(shard, 10, now_s);
		if (rng_below(&rng, 10) == 0)
			shard_trim(shard, rng_below(&rng, 5));
		if (step % 16 != 0)
			continue;
		for (uint32_t i = 0; i < shard->positions; i++) {
			const struct torrent_cold *cold = &shard->torrents_cold[i];
			bool has_peers = shard_torrent_peers(shard, i) > 0;

			assert_true(!cold->used || cold->empty == !has_peers);
			empty += cold->used && cold->empty;
		}
		assert_int_equal(shard->empty.count, empty);
	}
	shard_trim(shard, 1000);
	assert_true(shard->empty.count <= TORRENTS / 8);
	shard_free(shard);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_least_downloaded_leave_first),
		cmocka_unit_test(test_without_downloads),
		cmocka_unit_test(test_peer_comes_back),
		cmocka_unit_test(test_sweep_and_trim),
		cmocka_unit_test(test_peer_not_stored),
		cmocka_unit_test(test_flood_of_downloads),
		cmocka_unit_test(test_random),
	};

	test_eal_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
