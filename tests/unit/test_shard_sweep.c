// SPDX-License-Identifier: BSD-3-Clause
// lib/swarm/shard.h: when peers and torrents expire, and the budget of the sweep.

#include "../../lib/base/rng.h"
#include "../../lib/swarm/shard_view.h"
#include "../support/cmocka_wrap.h"
#include "../support/eal.h"
#include "../support/shard_fixture.h"

#include <rte_common.h>

#include <string.h>

// At exactly the timeout a peer stays, a second later it expires, whatever the budget.
static void
test_expiry_to_the_second(void **state)
{
	static const unsigned budgets[] = {1, 2, 7, 64, EVERYTHING};

	(void)state;
	for (unsigned b = 0; b < RTE_DIM(budgets); b++)
		for (uint32_t late_s = 0; late_s < 2; late_s++) {
			struct shard *shard = make_shard(20, 100);

			for (uint32_t peer = 0; peer < 40; peer++)
				announce(
					shard,
					shard_families[peer % 2],
					peer / 8,
					peer,
					peer % 3,
					1000
				);
			uint64_t before = shard_peers(shard);

			shard_sweep_all(shard, budgets[b], 1000 + TIMEOUT_S + late_s);
			assert_int_equal(shard_peers(shard), late_s == 0 ? before : 0);
			assert_int_equal(
				shard_counts(shard)->peers_expired, late_s == 0 ? 0 : before
			);
			assert_int_equal(shard_counts(shard)->torrents, late_s == 0 ? 5 : 0);
			shard_free(shard);
		}
}

// The time of a peer has 15 bits. However long nobody announced (the process was stopped, the machine was
// suspended), the next sweep removes old peers; one that announced before that sweep stays until its timeout.
static void
test_expiry_after_a_pause(void **state)
{
	const uint32_t range_s = SWARM_TIME_MAX + 1;

	(void)state;
	for (uint32_t pause_s = TIMEOUT_S + 1; pause_s < 5 * range_s; pause_s += 53) {
		struct shard *shard = make_shard(10, 100);
		uint32_t now_s = 1000 + pause_s;

		announce(shard, FAMILY_IPV4, 1, 1, LEECH, 1000);
		announce(shard, FAMILY_IPV6, 2, 2, SEED, 1000);
		shard_sweep_all(shard, 7, 1000);
		announce(shard, FAMILY_IPV4, 1, 3, LEECH, now_s);
		shard_sweep_all(shard, 7, now_s);
		assert_int_equal(shard_peers(shard), 1);
		assert_int_equal(shard_counts(shard)->leechers[FAMILY_IPV4], 1);
		shard_sweep_all(shard, 7, now_s + TIMEOUT_S);
		assert_int_equal(shard_peers(shard), 1);
		shard_sweep_all(shard, 7, now_s + TIMEOUT_S + REST_S + 1);
		assert_int_equal(shard_peers(shard), 0);
		shard_free(shard);
	}
}

// The same if announces continue without a sweep: the next sweep removes peers of any age.
static void
test_expiry_after_a_sweep_that_paused(void **state)
{
	const uint32_t steps[] = {1, 60, TIMEOUT_S + 1, 3000, SWARM_TIME_MAX / 2};

	(void)state;
	for (unsigned s = 0; s < RTE_DIM(steps); s++)
		for (uint32_t pause_s = 32000; pause_s < 36000; pause_s += 500) {
			struct shard *shard = make_shard(10, 100);
			uint32_t end_s = 1000 + pause_s;

			announce(shard, FAMILY_IPV4, 1, 1, LEECH, 1000);
			shard_sweep_all(shard, EVERYTHING, 1000);
			for (uint32_t now_s = 1000; now_s < end_s; now_s += steps[s])
				announce(shard, FAMILY_IPV6, 1, 2, LEECH, now_s);
			announce(shard, FAMILY_IPV6, 1, 2, LEECH, end_s);
			shard_sweep_all(shard, EVERYTHING, end_s);
			assert_int_equal(shard_counts(shard)->leechers[FAMILY_IPV4], 0);
			assert_int_equal(shard_counts(shard)->leechers[FAMILY_IPV6], 1);
			shard_free(shard);
		}
}

// Old and new peers in one swarm: the new ones stay, and each announce restarts the timeout.
static void
test_expiry_of_some(void **state)
{
	struct shard *shard = make_shard(10, 1000);
	struct shard_op op;

	(void)state;
	for (uint32_t peer = 0; peer < 300; peer++)
		announce(shard, FAMILY_IPV6, 1, peer, peer % 2 == 0 ? SEED : LEECH, 1000);
	for (uint32_t peer = 0; peer < 300; peer += 3)
		announce(shard, FAMILY_IPV6, 1, peer, peer % 2 == 0 ? SEED : LEECH, 1050);
	shard_sweep_all(shard, 10, 1000 + TIMEOUT_S + 1);
	op = scrape(shard, FAMILY_IPV6, 1);
	assert_op(&op, 50, 50, 0);
	assert_int_equal(shard_counts(shard)->peers_expired, 200);
	assert_int_equal(shard_counts(shard)->torrents_expired, 0);
	assert_int_equal(shard_counts(shard)->seeders[FAMILY_IPV6], 50);
	assert_int_equal(shard_counts(shard)->leechers[FAMILY_IPV6], 50);
	shard_free(shard);
}

// The next sweep removes a torrent without peers, and its place serves another.
static void
test_place_of_a_torrent_is_reused(void **state)
{
	struct shard *shard = make_shard(2, 100);
	struct shard_op op;

	(void)state;
	announce(shard, FAMILY_IPV4, 1, 1, LEECH, 1);
	announce(shard, FAMILY_IPV4, 1, 1, SEED, 1); // completed
	announce(shard, FAMILY_IPV6, 2, 1, LEECH, 1);
	announce(shard, FAMILY_IPV4, 1, 1, STOP, 1);
	op = announce(shard, FAMILY_IPV4, 3, 1, LEECH, 1);
	assert_int_equal(op.outcome, SHARD_TORRENTS_FULL);
	shard_sweep_all(shard, 5, 2);
	assert_int_equal(shard_counts(shard)->torrents, 1);
	assert_int_equal(shard_counts(shard)->torrents_expired, 1);
	op = announce(shard, FAMILY_IPV4, 3, 1, SEED, 3);
	assert_int_equal(op.outcome, SHARD_DONE);
	assert_op(&op, 1, 0, 0); // nothing of the former torrent is left
	op = scrape(shard, FAMILY_IPV4, 1);
	assert_op(&op, 0, 0, 0);
	op = scrape(shard, FAMILY_IPV6, 2);
	assert_op(&op, 0, 1, 0);
	shard_free(shard);
}

static void
test_sweep_keeps_its_budget(void **state)
{
	(void)state;
	for (unsigned budget = 1; budget < 100; budget++) {
		struct shard *shard = make_shard(30, 3000);
		struct rng rng = {budget};

		for (uint32_t i = 0; i < 1000; i++)
			announce(
				shard,
				shard_families[rng_below(&rng, 2)],
				rng_below(&rng, 1 + rng_below(&rng, 30)),
				i,
				rng_below(&rng, 2) ? SEED : LEECH,
				1 + rng_below(&rng, 300)
			);
		uint64_t torrents = shard_counts(shard)->torrents;
		unsigned looked = shard_sweep_all(shard, budget, 300);

		// Every torrent and peer, and the places without a torrent; some of them twice, if
		// the sweep resumes in a torrent.
		assert_true(looked >= 1000 + torrents);
		assert_true(looked <= 1000 + 30 + 60 + 1000 / (budget > 1 ? budget - 1 : 1));
		shard_free(shard);
	}
}

static void
test_sweep_of_no_budget(void **state)
{
	struct shard *shard = make_shard(10, 10);

	(void)state;
	announce(shard, FAMILY_IPV4, 1, 1, LEECH, 1);
	assert_int_equal(shard_sweep(shard, 0, 1000), 0);
	assert_int_equal(shard_peers(shard), 1);
	assert_true(shard_sweep(shard, EVERYTHING, 1000) > 0);
	assert_int_equal(shard_peers(shard), 0);
	shard_free(shard);
}

static void
test_sweep_rests(void **state)
{
	struct shard *shard = make_shard(10, 10);

	(void)state;
	for (uint32_t now_s = 500; now_s < 600; now_s += REST_S) {
		assert_true(shard_sweep(shard, EVERYTHING, now_s) > 0);
		for (uint32_t later_s = 0; later_s < REST_S; later_s++)
			assert_int_equal(shard_sweep(shard, EVERYTHING, now_s + later_s), 0);
	}
	shard_free(shard);
}

// Announces move peers during a sweep. It may visit some twice, but two rounds remove all peers that are too
// old, and no others.
static void
test_sweep_among_announces(void **state)
{
	struct shard *shard = make_shard(4, 4000);
	struct rng rng = {8};
	uint32_t now_s = 1000;

	(void)state;
	for (uint32_t peer = 0; peer < 2000; peer++)
		announce(shard, shard_families[peer % 2], peer % 4, peer, LEECH, now_s);
	now_s += TIMEOUT_S + 1;
	for (unsigned i = 0; i < 2000; i++) {
		uint32_t peer = 2000 + rng_below(&rng, 500);

		announce(
			shard, shard_families[peer % 2], peer % 4, peer, rng_below(&rng, 3), now_s
		);
		shard_sweep(shard, 3, now_s);
	}
	shard_sweep_all(shard, 100, now_s);
	shard_sweep_all(shard, 100, now_s + REST_S);
	assert_int_equal(shard_counts(shard)->peers_expired, 2000);
	assert_true(shard_peers(shard) > 100);
	shard_free(shard);
}

// A hundred times the capacity comes and expires.
static void
test_churn(void **state)
{
	enum { TORRENTS = 50, PEERS = 200, ROUNDS = 100 };
	struct shard *shard = make_shard(TORRENTS, PEERS);
	uint32_t now_s = 1;

	(void)state;
	for (unsigned round = 0; round < ROUNDS; round++) {
		for (uint32_t peer = 0; peer < PEERS; peer++) {
			struct shard_op op = announce(
				shard,
				shard_families[(peer + round) % 2],
				round * TORRENTS + peer % TORRENTS,
				peer,
				peer % 2 == 0 ? LEECH : SEED,
				now_s
			);

			assert_int_equal(op.outcome, SHARD_DONE);
		}
		assert_int_equal(shard_counts(shard)->torrents, TORRENTS);
		assert_int_equal(shard_peers(shard), PEERS);
		now_s += TIMEOUT_S + 1;
		shard_sweep_all(shard, 20, now_s);
		assert_int_equal(shard_counts(shard)->torrents, 0);
		assert_int_equal(shard_peers(shard), 0);
	}
	assert_int_equal(shard_counts(shard)->torrents_expired, TORRENTS * ROUNDS);
	assert_int_equal(shard_counts(shard)->peers_expired, PEERS * ROUNDS);
	shard_free(shard);
}

// A torrent that was downloaded outlives its last peer for keep_completed_s. How many: test_shard_empty.
static void
test_keep_completed(void **state)
{
	enum { KEEP_S = 500 };
	struct shard *shard = make_shard(16, 100);
	uint32_t now_s = 10;

	(void)state;
	shard->config.keep_completed_s = KEEP_S;
	announce(shard, FAMILY_IPV4, 1, 1, LEECH, now_s);
	announce(shard, FAMILY_IPV4, 1, 1, SEED, now_s);
	announce(shard, FAMILY_IPV4, 1, 1, STOP, now_s);
	announce(
		shard, FAMILY_IPV4, 2, 1, SEED, now_s
	); // arrived complete: no completed count to keep
	announce(shard, FAMILY_IPV4, 2, 1, STOP, now_s);
	shard_sweep_all(shard, 100, now_s + 1);
	assert_int_equal(shard_counts(shard)->torrents, 1);
	struct shard_op op = scrape(shard, FAMILY_IPV6, 1);

	assert_op(&op, 0, 0, 1);
	shard_sweep_all(shard, 100, now_s + KEEP_S - 1);
	assert_int_equal(shard_counts(shard)->torrents, 1);
	shard_sweep_all(shard, 100, now_s + KEEP_S + REST_S);
	assert_int_equal(shard_counts(shard)->torrents, 0);

	shard_free(shard);
}

// A round ends behind the last torrent that ever was, so memory of the others is never touched.
static void
test_unused_places_are_not_visited(void **state)
{
	struct shard *shard = make_shard(1000, 1000);
	struct shard_cursor cursor = {0};
	struct shard_row rows[16];

	(void)state;
	for (uint32_t t = 0; t < 10; t++)
		announce(shard, FAMILY_IPV4, t, 1, LEECH, 1);
	memset(&shard->torrents_cold[10], 0xff, 990 * sizeof(shard->torrents_cold[0]));
	assert_in_range(shard_sweep(shard, 5000, 2), 20, 40);
	assert_int_equal(shard_view_rows(shard, &cursor, 5000, rows, RTE_DIM(rows)), 10);
	assert_true(cursor.over);
	memset(&shard->torrents_cold[10], 0, 990 * sizeof(shard->torrents_cold[0]));
	shard_free(shard);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_expiry_to_the_second),
		cmocka_unit_test(test_expiry_after_a_pause),
		cmocka_unit_test(test_expiry_after_a_sweep_that_paused),
		cmocka_unit_test(test_expiry_of_some),
		cmocka_unit_test(test_place_of_a_torrent_is_reused),
		cmocka_unit_test(test_sweep_keeps_its_budget),
		cmocka_unit_test(test_sweep_of_no_budget),
		cmocka_unit_test(test_sweep_rests),
		cmocka_unit_test(test_sweep_among_announces),
		cmocka_unit_test(test_churn),
		cmocka_unit_test(test_keep_completed),
		cmocka_unit_test(test_unused_places_are_not_visited),
	};

	test_eal_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
