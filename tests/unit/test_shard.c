// SPDX-License-Identifier: BSD-3-Clause
// lib/swarm/shard.h: counts, bursts, full tables and memory.

#include "../support/cmocka_wrap.h"
#include "../support/eal.h"
#include "../support/shard_fixture.h"

#include <rte_common.h>
#include <rte_log.h>
#include <rte_malloc.h>
#include <rte_memory.h>

#include <string.h>

static void
test_counts_of_each_family(void **state)
{
	struct shard *shard = make_shard(10, 100);
	struct shard_op op;

	(void)state;
	op = announce(shard, FAMILY_IPV4, 1, 1, LEECH, 1);
	assert_op(&op, 0, 1, 0);
	assert_int_equal(op.outcome, SHARD_DONE);
	assert_int_equal(op.peer_count, 0);
	op = announce(shard, FAMILY_IPV6, 1, 1, SEED, 1);
	assert_op(&op, 1, 0, 0);
	assert_int_equal(op.peer_count, 0); // no peers of the other family
	op = announce(shard, FAMILY_IPV4, 1, 2, SEED, 1);
	assert_op(&op, 1, 1, 0);
	assert_int_equal(op.peer_count, 1);
	op = scrape(shard, FAMILY_IPV4, 1);
	assert_op(&op, 1, 1, 0);
	op = scrape(shard, FAMILY_IPV6, 1);
	assert_op(&op, 1, 0, 0);
	op = scrape(shard, FAMILY_IPV4, 2);
	assert_op(&op, 0, 0, 0);
	assert_int_equal(op.outcome, SHARD_DONE);
	assert_int_equal(shard_counts(shard)->torrents, 1);
	assert_int_equal(shard_counts(shard)->seeders[FAMILY_IPV4], 1);
	assert_int_equal(shard_counts(shard)->leechers[FAMILY_IPV4], 1);
	assert_int_equal(shard_counts(shard)->seeders[FAMILY_IPV6], 1);
	assert_int_equal(shard_counts(shard)->leechers[FAMILY_IPV6], 0);
	shard_free(shard);
}

// Completed is a count of the torrent: scrapes over IPv4 and IPv6 show the same.
static void
test_completed(void **state)
{
	struct shard *shard = make_shard(10, 100);
	struct shard_op op;

	(void)state;
	announce(shard, FAMILY_IPV4, 1, 1, LEECH, 1);
	op = announce(shard, FAMILY_IPV4, 1, 1, SEED, 2);
	assert_op(&op, 1, 0, 1);
	op = announce(shard, FAMILY_IPV4, 1, 1, SEED, 3); // only once
	assert_op(&op, 1, 0, 1);
	op = announce(shard, FAMILY_IPV6, 1, 2, SEED, 3); // arrived as seeder
	assert_op(&op, 1, 0, 1);
	announce(shard, FAMILY_IPV6, 1, 3, LEECH, 3);
	op = announce(shard, FAMILY_IPV6, 1, 3, SEED, 3);
	assert_op(&op, 2, 0, 2);
	op = scrape(shard, FAMILY_IPV4, 1);
	assert_op(&op, 1, 0, 2);
	assert_int_equal(shard_counts(shard)->completed, 2);
	shard_free(shard);
}

static void
test_stopped(void **state)
{
	struct shard *shard = make_shard(10, 100);
	struct shard_op op;

	(void)state;
	op = announce(shard, FAMILY_IPV4, 1, 1, STOP, 1); // unknown torrent
	assert_op(&op, 0, 0, 0);
	assert_int_equal(op.outcome, SHARD_DONE);
	assert_int_equal(shard_counts(shard)->torrents, 0);
	announce(shard, FAMILY_IPV4, 1, 1, LEECH, 1);
	announce(shard, FAMILY_IPV4, 1, 2, SEED, 1);
	op = announce(shard, FAMILY_IPV4, 1, 3, STOP, 1); // unknown peer
	assert_op(&op, 1, 1, 0);
	assert_int_equal(op.peer_count, 0);
	op = announce(shard, FAMILY_IPV6, 1, 1, STOP, 1); // of the other family
	assert_op(&op, 0, 0, 0);
	assert_int_equal(shard_peers(shard), 2);
	op = announce(shard, FAMILY_IPV4, 1, 1, STOP, 1);
	assert_op(&op, 1, 0, 0);
	assert_int_equal(op.peer_count, 0);
	assert_int_equal(shard_peers(shard), 1);
	shard_free(shard);
}

// A burst is processed in order: each op sees what those before it did.
static void
test_new_torrent_within_a_burst(void **state)
{
	struct shard *shard = make_shard(10, 100);
	struct shard_op ops[] = {
		make_op(SHARD_SCRAPE, FAMILY_IPV4, 1, 0),
		announce_op(FAMILY_IPV4, 1, 1, SEED),
		make_op(SHARD_SCRAPE, FAMILY_IPV4, 1, 0),
		announce_op(FAMILY_IPV4, 1, 2, LEECH),
		announce_op(FAMILY_IPV4, 2, 1, LEECH),
		announce_op(FAMILY_IPV4, 1, 1, STOP),
		make_op(SHARD_SCRAPE, FAMILY_IPV4, 1, 0),
		make_op(SHARD_SCRAPE, FAMILY_IPV4, 2, 0),
	};

	(void)state;
	for (unsigned i = 0; i < RTE_DIM(ops); i++)
		ops[i].peers = shard_replies[i];
	shard_process(shard, ops, RTE_DIM(ops), 1);
	assert_op(&ops[0], 0, 0, 0);
	assert_op(&ops[1], 1, 0, 0);
	assert_op(&ops[2], 1, 0, 0);
	assert_op(&ops[3], 1, 1, 0);
	assert_int_equal(ops[3].peer_count, 1);
	assert_memory_equal(shard_replies[3], ops[1].peer, 6);
	assert_op(&ops[5], 0, 1, 0);
	assert_op(&ops[6], 0, 1, 0);
	assert_op(&ops[7], 0, 1, 0);
	assert_int_equal(shard_counts(shard)->torrents, 2);
	shard_free(shard);
}

// More ops than are looked up together.
static void
test_burst_longer_than_a_lookup(void **state)
{
	struct shard *shard = make_shard(10, 100);
	struct shard_op ops[BURST_MAX];

	(void)state;
	for (unsigned i = 0; i < BURST_MAX; i++) {
		ops[i] = announce_op(FAMILY_IPV6, i % 2, i, LEECH);
		ops[i].peers = shard_replies[i];
	}
	shard_process(shard, ops, BURST_MAX, 1);
	for (unsigned i = 0; i < BURST_MAX; i++)
		assert_op(&ops[i], 0, i / 2 + 1, 0);
	shard_process(shard, ops, 0, 1);
	assert_int_equal(shard_peers(shard), BURST_MAX);
	shard_free(shard);
}

// As in an announce: the reply's peers are written over the end of its info_hash.
static void
test_reply_over_its_info_hash(void **state)
{
	struct shard *shard = make_shard(10, 100);
	static uint8_t payloads[4][1500];
	struct shard_op ops[4];

	(void)state;
	for (unsigned i = 0; i < 4; i++) {
		ops[i] = announce_op(FAMILY_IPV4, 7, i, LEECH);
		memcpy(payloads[i] + 16, ops[i].info_hash, 20);
		ops[i].info_hash = payloads[i] + 16;
		ops[i].peers = payloads[i] + 20;
	}
	shard_process(shard, ops, 4, 1);
	for (unsigned i = 0; i < 4; i++)
		assert_int_equal(ops[i].peer_count, i);
	assert_int_equal(shard_counts(shard)->torrents, 1);
	shard_free(shard);
}

// Torrents with the same hash are still different torrents.
static void
test_hashes_that_collide(void **state)
{
	struct shard *shard = make_shard(100, 1000);

	(void)state;
	for (unsigned round = 0; round < 2; round++)
		for (uint32_t torrent = 0; torrent < 100; torrent++) {
			struct shard_op op = announce_op(FAMILY_IPV4, torrent, round, LEECH);

			op.hash = 12345;
			shard_process(shard, &op, 1, 1);
			assert_int_equal(op.outcome, SHARD_DONE);
			assert_op(&op, 0, round + 1, 0);
		}
	assert_int_equal(shard_counts(shard)->torrents, 100);
	shard_free(shard);
}

static void
test_torrents_full(void **state)
{
	struct shard *shard = make_shard(3, 100);
	struct shard_op op;

	(void)state;
	for (uint32_t torrent = 0; torrent < 3; torrent++)
		announce(shard, FAMILY_IPV4, torrent, 1, LEECH, 1);
	op = announce(shard, FAMILY_IPV4, 3, 1, LEECH, 1);
	assert_int_equal(op.outcome, SHARD_TORRENTS_FULL);
	assert_op(&op, 0, 0, 0);
	assert_int_equal(op.peer_count, 0);
	op = scrape(shard, FAMILY_IPV4, 3);
	assert_op(&op, 0, 0, 0);
	for (uint32_t torrent = 0; torrent < 3; torrent++) { // these are served as before
		op = announce(shard, FAMILY_IPV4, torrent, 2, SEED, 1);
		assert_int_equal(op.outcome, SHARD_DONE);
		assert_op(&op, 1, 1, 0);
		assert_int_equal(op.peer_count, 1);
	}
	assert_int_equal(shard_counts(shard)->torrents, 3);
	shard_free(shard);
}

static void
test_peers_full(void **state)
{
	struct shard *shard = make_shard(10, 4);
	struct shard_op op;

	(void)state;
	for (uint32_t peer = 0; peer < 2; peer++)
		for (unsigned f = 0; f < RTE_DIM(shard_families); f++)
			announce(shard, shard_families[f], 1, peer, LEECH, 1);
	for (unsigned f = 0; f < RTE_DIM(shard_families); f++) {
		op = announce(shard, shard_families[f], 1, 9, SEED, 1);
		assert_int_equal(op.outcome, SHARD_PEERS_FULL);
		assert_op(&op, 0, 2, 0);
		assert_int_equal(op.peer_count, 2); // there is a reply all the same
	}
	op = announce(shard, FAMILY_IPV4, 1, 0, SEED, 1); // known: served as before
	assert_int_equal(op.outcome, SHARD_DONE);
	assert_op(&op, 1, 1, 1);
	announce(shard, FAMILY_IPV6, 1, 0, STOP, 1);
	op = announce(shard, FAMILY_IPV4, 1, 9, SEED, 1); // there is capacity again
	assert_int_equal(op.outcome, SHARD_DONE);
	assert_op(&op, 2, 1, 1);
	shard_free(shard);
}

// If the peer cannot be stored, no torrent is added: otherwise announces could use up all torrents.
static void
test_peers_full_makes_no_torrent(void **state)
{
	struct shard *shard = make_shard(10, 1);
	struct shard_op op;

	(void)state;
	announce(shard, FAMILY_IPV4, 1, 1, LEECH, 1);
	op = announce(shard, FAMILY_IPV4, 2, 2, LEECH, 1);
	assert_int_equal(op.outcome, SHARD_PEERS_FULL);
	assert_op(&op, 0, 0, 0);
	assert_int_equal(shard_counts(shard)->torrents, 1);
	shard_free(shard);
}

// max_peers peers fit, in one swarm or in many.
static void
test_max_peers_fit(void **state)
{
	static const struct {
		uint32_t torrents;
		uint32_t peers;
		enum family family;
	} rows[] = {
		{1, 1, FAMILY_IPV4},
		{1, 1, FAMILY_IPV6},
		{1, 1000, FAMILY_IPV4},
		{2, 5000, FAMILY_IPV4},
		{50, 2500, FAMILY_IPV4},
		{50, 2500, FAMILY_IPV6},
		{333, 999, FAMILY_IPV6}, // blocks a little over half full
		{1000, 1000, FAMILY_IPV6},
	};

	(void)state;
	for (unsigned r = 0; r < RTE_DIM(rows); r++) {
		struct shard *shard = make_shard(rows[r].torrents, rows[r].peers);

		for (uint32_t peer = 0; peer < rows[r].peers; peer++) {
			struct shard_op op = announce(
				shard, rows[r].family, peer % rows[r].torrents, peer, LEECH, 1
			);

			if (op.outcome != SHARD_DONE)
				fail_msg("row %u: %u peers fit", r, peer);
		}
		assert_int_equal(shard_peers(shard), rows[r].peers);
		shard_free(shard);
	}
}

// The shard reads info_hashes where rte_hash keeps its keys: they are right at every position, also when torrents
// come and go.
static void
test_info_hash_of_each_position(void **state)
{
	enum { TORRENTS = 3000 };
	struct shard *shard = make_shard(TORRENTS, TORRENTS);

	(void)state;
	for (unsigned round = 0; round < 3; round++) {
		for (uint32_t t = round; t < TORRENTS; t += 1 + round)
			announce(shard, FAMILY_IPV4, t + round * TORRENTS, 1, LEECH, 1);
		for (uint32_t t = 0; t < (round + 1) * TORRENTS; t++) {
			struct shard_op op = announce_op(FAMILY_IPV4, t, 1, LEECH);
			int32_t position =
				rte_hash_lookup_with_hash(shard->index, op.info_hash, op.hash);

			if (position >= 0)
				assert_memory_equal(
					shard_info_hash(shard, (uint32_t)position),
					op.info_hash,
					INFO_HASH_BYTES
				);
			if (position >= 0 && t % 2 == round % 2)
				announce(shard, FAMILY_IPV4, t, 1, STOP, 1);
		}
		shard_trim(shard, TORRENTS);
	}
	assert_in_range(shard_counts(shard)->torrents, TORRENTS / 8, TORRENTS);
	shard_free(shard);
}

static size_t
heap_bytes(void)
{
	struct rte_malloc_socket_stats stats;

	assert_int_equal(rte_malloc_get_socket_stats(0, &stats), 0);
	return stats.heap_allocsz_bytes;
}

// A shard uses no more memory than shard_memory_bytes says, and frees all of it.
static void
test_memory(void **state)
{
	static const struct shard_config configs[] = {
		{.max_torrents = 1, .max_peers = 1},
		{.max_torrents = 100, .max_peers = 1},
		{.max_torrents = 1, .max_peers = 10000},
		{.max_torrents = 10000, .max_peers = 20000},
		{.max_torrents = 16384, .max_peers = 1000},
		{.max_torrents = 1000, .max_peers = 5000, .max_peers_ipv6 = 2000},
		{.max_torrents = 1000, .max_peers = 5000, .max_peers_ipv6 = 9000, .detail = true},
	};

	(void)state;
	for (unsigned i = 0; i < RTE_DIM(configs); i++) {
		size_t before = heap_bytes();
		struct shard_config config = configs[i];

		config.name = "memory";
		config.socket = SOCKET_ID_ANY;
		config.peer_timeout_s = TIMEOUT_S;
		struct shard *shard = shard_create(&config);
		size_t used = heap_bytes() - before;
		size_t expected = shard_memory_bytes(&config);

		assert_non_null(shard);

		// Headers of blocks and the minimum table of 8 are not counted.
		if (used > expected + 32768)
			fail_msg("row %u: %zu bytes used, %zu expected", i, used, expected);
		shard_free(shard);
		assert_int_equal(heap_bytes(), before);
	}
	shard_free(NULL);
}

static void
test_no_memory(void **state)
{
	static const struct {
		uint32_t max_torrents;
		uint32_t max_peers;
	} rows[] = {{100000000, 10}, {10, 1000000000}, {1500000, 10}};

	(void)state;
	for (unsigned i = 0; i < RTE_DIM(rows); i++) {
		size_t before = heap_bytes();
		struct shard_config config = {
			.name = "too_large",
			.socket = SOCKET_ID_ANY,
			.max_torrents = rows[i].max_torrents,
			.max_peers = rows[i].max_peers,
		};

		assert_null(shard_create(&config));
		assert_int_equal(heap_bytes(), before);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_counts_of_each_family),
		cmocka_unit_test(test_completed),
		cmocka_unit_test(test_stopped),
		cmocka_unit_test(test_new_torrent_within_a_burst),
		cmocka_unit_test(test_burst_longer_than_a_lookup),
		cmocka_unit_test(test_reply_over_its_info_hash),
		cmocka_unit_test(test_hashes_that_collide),
		cmocka_unit_test(test_torrents_full),
		cmocka_unit_test(test_peers_full),
		cmocka_unit_test(test_peers_full_makes_no_torrent),
		cmocka_unit_test(test_max_peers_fit),
		cmocka_unit_test(test_info_hash_of_each_position),
		cmocka_unit_test(test_memory),
		cmocka_unit_test(test_no_memory),
	};

	test_eal_init();
	rte_log_set_global_level(RTE_LOG_EMERG); // some tests make DPDK complain
	return cmocka_run_group_tests(tests, NULL, NULL);
}
