// SPDX-License-Identifier: BSD-3-Clause
// lib/swarm/shard_view.h: reading torrents and peers in pieces.

#include "../../lib/swarm/shard_view.h"
#include "../support/cmocka_wrap.h"
#include "../support/eal.h"

#include <rte_common.h>
#include <rte_memory.h>

#include <string.h>

enum {
	TORRENTS = 300,
	PEERS = 100, // of torrent 0, in each family
	TIMEOUT_S = 1000,
	NOW_S = 500,
	EVENT = 2, // started
};

static struct shard *shard, *plain;

static const uint8_t *
info_hash_of(uint32_t torrent)
{
	static uint8_t hash[SHARD_INFO_HASH_BYTES];

	memset(hash, 0x5a, sizeof(hash));
	memcpy(hash, &torrent, sizeof(torrent));
	return hash;
}

static uint32_t
hash_of(uint32_t torrent)
{
	return torrent * UINT32_C(2654435761);
}

// The address and the peer id of peer n begin with n; its `uploaded` is n.
static void
announce_at(
	struct shard *to,
	enum family family,
	uint32_t torrent,
	uint32_t peer,
	bool seeder,
	uint32_t now_s
)
{
	uint8_t replies[18 + SHARD_OUT_SPARE], detail[SHARD_DETAIL_BYTES] = {0};
	struct shard_op op = {
		.info_hash = info_hash_of(torrent),
		.peers = replies,
		.detail = detail,
		.hash = hash_of(torrent),
		.kind = SHARD_ANNOUNCE,
		.family = (uint8_t)family,
		.event = EVENT,
		.seeder = seeder,
	};

	memcpy(op.peer, &peer, sizeof(peer));
	memcpy(detail, &peer, sizeof(peer));
	memcpy(detail + 36, &peer, sizeof(peer));
	shard_process(to, &op, 1, now_s);
}

static void
announce(struct shard *to, enum family family, uint32_t torrent, uint32_t peer, bool seeder)
{
	announce_at(to, family, torrent, peer, seeder, NOW_S - peer % 7);
}

static struct shard *
make_shard(const char *name, bool detail)
{
	struct shard_config config = {
		.name = name,
		.socket = SOCKET_ID_ANY,
		.max_torrents = 2 * TORRENTS,
		.max_peers = 1000,
		.max_peers_ipv6 = 500,
		.peer_timeout_s = TIMEOUT_S,
		.detail = detail,
		.seed = 1,
	};
	struct shard *made = shard_create(&config);

	assert_non_null(made);
	for (uint32_t i = 0; i < TORRENTS; i++)
		announce(made, FAMILY_IPV4, i, i, i % 2 == 0);
	for (uint32_t i = 0; i < PEERS; i++) {
		announce(made, FAMILY_IPV4, 0, 1000 + i, i % 4 == 0);
		announce(made, FAMILY_IPV6, 0, 2000 + i, i % 5 == 0);
	}
	return made;
}

static int
set_up(void **state)
{
	(void)state;
	test_eal_init();
	shard = make_shard("view", true);
	plain = make_shard("plain", false);
	return 0;
}

static uint32_t
number_at(const uint8_t *bytes)
{
	uint32_t number;

	memcpy(&number, bytes, sizeof(number));
	return number;
}

static void
test_torrent(void **state)
{
	struct shard_row row;

	(void)state;
	assert_true(shard_view_torrent(shard, info_hash_of(0), hash_of(0), &row));
	assert_memory_equal(row.info_hash, info_hash_of(0), SHARD_INFO_HASH_BYTES);
	assert_int_equal(row.seeders[FAMILY_IPV4], 1 + PEERS / 4);
	assert_int_equal(row.leechers[FAMILY_IPV4], PEERS - PEERS / 4);
	assert_int_equal(row.seeders[FAMILY_IPV6], PEERS / 5);
	assert_int_equal(row.leechers[FAMILY_IPV6], PEERS - PEERS / 5);
	assert_int_equal(row.completed[FAMILY_IPV4], 0);
	assert_int_equal(shard_row_sum(row.seeders), 1 + PEERS / 4 + PEERS / 5);
	assert_false(shard_view_torrent(shard, info_hash_of(TORRENTS), hash_of(TORRENTS), &row));
}

// All peers of torrent 0, `step` at a time, each once, with its details.
static void
check_peers(struct shard *of, unsigned step, bool detailed)
{
	bool seen[3 * 1000] = {false};
	struct shard_peer peers[64];
	unsigned from = 0, count;

	while ((count = shard_view_peers(of, info_hash_of(0), hash_of(0), from, peers, step, NOW_S))
	       > 0) {
		for (unsigned i = 0; i < count; i++) {
			uint32_t number = number_at(peers[i].address) % RTE_DIM(seen);
			bool ipv6 = number >= 2000;

			assert_false(seen[number]);
			seen[number] = true;
			assert_int_equal(peers[i].family, ipv6 ? FAMILY_IPV6 : FAMILY_IPV4);
			assert_int_equal(
				peers[i].seeder,
				number == 0 || (ipv6 ? number % 5 == 0 : number % 4 == 0)
			);
			assert_int_equal(peers[i].age_s, number % 7);
			assert_int_equal(peers[i].detailed, detailed);
			if (!detailed)
				continue;
			assert_int_equal(peers[i].event, EVENT);
			assert_int_equal(number_at(peers[i].detail), number);
			assert_int_equal(number_at(peers[i].detail + 36), number);
		}
		from += count;
	}
	assert_int_equal(from, 1 + 2 * PEERS);
}

// Without detail, times are kept in a unit that grows with the timeout.
static void
test_age(void **state)
{
	static const uint32_t timeouts_s[] = {1, 8191, 8192, 86400, 604800};

	(void)state;
	for (unsigned t = 0; t < RTE_DIM(timeouts_s); t++) {
		struct shard_config config = {
			.name = "ages",
			.socket = SOCKET_ID_ANY,
			.max_torrents = 8,
			.max_peers = 10,
			.peer_timeout_s = timeouts_s[t],
			.seed = 1,
		};
		uint32_t unit_s = 1 + timeouts_s[t] / 8192;
		struct shard *aged = shard_create(&config);
		struct shard_peer peer;

		assert_non_null(aged);
		for (uint32_t then_s = 1; then_s < 3 * unit_s; then_s++) {
			announce_at(aged, FAMILY_IPV4, 0, 1, false, then_s);
			for (uint32_t age_s = 0; age_s < 3 * unit_s; age_s++) {
				assert_int_equal(
					shard_view_peers(
						aged,
						info_hash_of(0),
						hash_of(0),
						0,
						&peer,
						1,
						then_s + age_s
					),
					1
				);
				assert_true(peer.age_s + unit_s > age_s);
				assert_true(peer.age_s < age_s + unit_s);
			}
		}
		shard_free(aged);
	}
}

static void
test_peers(void **state)
{
	struct shard_peer peer;

	(void)state;
	check_peers(shard, 1, true);
	check_peers(shard, 7, true);
	check_peers(shard, 64, true);
	check_peers(plain, 32, false);
	assert_int_equal(
		shard_view_peers(shard, info_hash_of(0), hash_of(0), UINT32_MAX, &peer, 1, NOW_S), 0
	);
	assert_int_equal(
		shard_view_peers(shard, info_hash_of(999), hash_of(999), 0, &peer, 1, NOW_S), 0
	);
}

// Every torrent once, for any size of pieces, and never more visited than the budget.
static void
test_rows(void **state)
{
	static const unsigned pieces[][2] = {{1, 1}, {7, 3}, {64, 512}, {10000, 10000}};
	static struct shard_row rows[10000];

	(void)state;
	for (unsigned p = 0; p < RTE_DIM(pieces); p++) {
		struct shard_cursor cursor = {0};
		bool seen[TORRENTS] = {false};
		unsigned total = 0;

		while (!cursor.over) {
			uint32_t before = cursor.torrent;
			unsigned count =
				shard_view_rows(shard, &cursor, pieces[p][0], rows, pieces[p][1]);

			assert_true(count <= pieces[p][1]);
			assert_true(cursor.torrent - before <= pieces[p][0]);
			for (unsigned i = 0; i < count; i++) {
				uint32_t number = number_at(rows[i].info_hash) % TORRENTS;

				assert_false(seen[number]);
				seen[number] = true;
				if (number > 0)
					assert_int_equal(
						shard_row_sum(rows[i].seeders), number % 2 == 0
					);
			}
			total += count;
		}
		assert_int_equal(total, TORRENTS);
		assert_int_equal(shard_view_rows(shard, &cursor, 5, rows, 5), 0);
	}
}

static void
test_peer_ids(void **state)
{
	static const unsigned pieces[][2] = {{1, 1}, {2, 10}, {64, 3}, {64, 1024}};
	static uint8_t ids[1024][SHARD_PEER_ID_BYTES];

	(void)state;
	for (unsigned p = 0; p < RTE_DIM(pieces); p++) {
		struct shard_cursor cursor = {0};
		unsigned seen[3 * 1000] = {0};
		unsigned total = 0;

		while (!cursor.over) {
			unsigned count = shard_view_peer_ids(
				shard, &cursor, pieces[p][0], ids, pieces[p][1]
			);

			assert_true(count <= RTE_MIN(pieces[p][0], pieces[p][1]));
			for (unsigned i = 0; i < count; i++)
				seen[number_at(ids[i]) % RTE_DIM(seen)]++;
			total += count;
		}
		assert_int_equal(total, TORRENTS + 2 * PEERS);
		for (unsigned i = 0; i < TORRENTS; i++)
			assert_int_equal(seen[i], 1);
		for (unsigned i = 0; i < PEERS; i++)
			assert_true(seen[1000 + i] == 1 && seen[2000 + i] == 1);
	}
}

// Peers and torrents that are removed during an iteration: it ends, and yields only existing ones.
static void
test_walk_while_they_go(void **state)
{
	static uint8_t ids[8][SHARD_PEER_ID_BYTES];
	struct shard *shrinking = make_shard("shrinking", true);
	struct shard_cursor cursor = {0};
	unsigned total = 0;

	(void)state;
	for (unsigned step = 0; !cursor.over; step++) {
		total += shard_view_peer_ids(shrinking, &cursor, 8, ids, RTE_DIM(ids));
		shard_sweep(shrinking, 50, NOW_S + 2 * TIMEOUT_S);
		assert_true(step < 10000);
	}
	assert_true(total < TORRENTS + 2 * PEERS);
	shard_free(shrinking);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_torrent),
		cmocka_unit_test(test_peers),
		cmocka_unit_test(test_age),
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_peer_ids),
		cmocka_unit_test(test_walk_while_they_go),
	};

	return cmocka_run_group_tests(tests, set_up, NULL);
}
