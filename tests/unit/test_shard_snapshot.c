// SPDX-License-Identifier: BSD-3-Clause
// lib/swarm/shard_save.h, shard_restore.h: random shards through a snapshot into others, compared with a naive
// tracker.

#include "../../lib/base/rng.h"
#include "../../lib/swarm/shard_view.h"
#include "../support/cmocka_wrap.h"
#include "../support/eal.h"
#include "../support/naive_swarm.h"
#include "../support/shard_fixture.h"
#include "../support/snapshot_memory.h"

#include <rte_common.h>

#include <string.h>

enum {
	TORRENTS = 40,
	ADDRESSES = 200,
	OPS = 12000,
	SAVED_S = 160, // when the snapshot is taken: some peers have timed out and are still there
	WORKERS_MAX = 7,
};

static struct naive_swarm swarms[TORRENTS][RTE_DIM(shard_families)];
static uint32_t completed[TORRENTS][RTE_DIM(shard_families)];
static struct snapshot_memory memory;
static struct rng rng = {.state = 7};

static uint32_t
draw(uint32_t below)
{
	return (uint32_t)(rng_next(&rng) >> 32) % below;
}

static unsigned
owner_of(uint32_t torrent, unsigned workers)
{
	struct shard_op op = make_op(SHARD_SCRAPE, FAMILY_IPV4, torrent, 0);

	return snapshot_memory_owner(op.info_hash, workers);
}

// Torrent 0 gets most of the peers, so that it is indexed.
static void
fill(struct shard *const *shards, unsigned workers)
{
	for (uint32_t n = 0; n < OPS; n++) {
		uint32_t torrent = draw(3) == 0 ? 0 : draw(TORRENTS);
		unsigned f = draw(4) == 0;
		uint32_t peer = torrent == 0 ? draw(ADDRESSES) : draw(1 + torrent);
		enum event event = draw(8) == 0 ? STOP : draw(2);
		uint32_t now_s = 1 + n * (SAVED_S - 1) / OPS;
		struct shard_op op = announce_op(shard_families[f], torrent, peer, event);

		op.event = (uint8_t)draw(3);
		shard_process(shards[owner_of(torrent, workers)], &op, 1, now_s);
		if (event == STOP)
			naive_swarm_remove(&swarms[torrent][f], op.peer);
		else
			completed[torrent][f] +=
				naive_swarm_put(&swarms[torrent][f], op.peer, event == SEED, now_s);
	}
}

static void
forget(void)
{
	for (unsigned t = 0; t < TORRENTS; t++)
		for (unsigned f = 0; f < RTE_DIM(shard_families); f++) {
			naive_swarm_free(&swarms[t][f]);
			naive_swarm_init(&swarms[t][f], f == 0 ? 6 : 18);
			completed[t][f] = 0;
		}
}

static void
make_shards(struct shard **shards, unsigned workers, uint32_t torrents, uint32_t peers, bool detail)
{
	for (unsigned i = 0; i < workers; i++)
		shards[i] = make_shard_with(torrents, peers, detail);
}

static void
free_shards(struct shard **shards, unsigned workers)
{
	for (unsigned i = 0; i < workers; i++)
		shard_free(shards[i]);
}

// The model as it is `aged_s` after the snapshot, by a clock that says now_s then. Returns how many peers are
// too old.
static uint64_t
age_model(uint32_t aged_s, uint32_t now_s)
{
	uint64_t expired = 0;

	for (unsigned t = 0; t < TORRENTS; t++)
		for (unsigned f = 0; f < RTE_DIM(shard_families); f++) {
			struct naive_swarm *swarm = &swarms[t][f];

			for (unsigned i = 0; i < swarm->count; i++)
				swarm->peers[i].seen_s += now_s - (SAVED_S + aged_s);
			expired += naive_swarm_expire(swarm, now_s, TIMEOUT_S);
		}
	return expired;
}

static void
assert_peer(
	const struct naive_swarm *swarm,
	const struct shard_peer *peer,
	bool detail,
	bool had_detail,
	uint32_t now_s
)
{
	static const uint8_t zeros[SHARD_DETAIL_BYTES];
	const struct naive_peer *naive = naive_swarm_find(swarm, peer->address);
	uint32_t number;

	assert_non_null(naive);
	assert_int_equal(peer->seeder, naive->seeder);
	assert_int_equal(peer->age_s, now_s - naive->seen_s);
	assert_int_equal(peer->detailed, detail);
	memcpy(&number, peer->address, sizeof(number));
	if (detail)
		assert_memory_equal(
			peer->detail, had_detail ? detail_of(number) : zeros, SHARD_DETAIL_BYTES
		);
	if (detail && !had_detail)
		assert_int_equal(peer->event, 0);
}

static void
assert_torrent(struct shard *shard, uint32_t torrent, bool detail, bool had_detail, uint32_t now_s)
{
	static struct shard_peer peers[2 * ADDRESSES + 1];
	struct shard_op op = make_op(SHARD_SCRAPE, FAMILY_IPV4, torrent, 0);
	const struct naive_swarm *swarm = swarms[torrent];
	struct shard_row row = {0};
	unsigned count =
		shard_view_peers(shard, op.info_hash, op.hash, 0, peers, RTE_DIM(peers), now_s);

	shard_view_torrent(shard, op.info_hash, op.hash, &row);
	for (unsigned f = 0; f < RTE_DIM(shard_families); f++) {
		enum family family = shard_families[f];

		assert_int_equal(row.seeders[family], naive_swarm_seeders(&swarm[f]));
		assert_int_equal(row.leechers[family], naive_swarm_leechers(&swarm[f]));
		assert_int_equal(row.completed[family], completed[torrent][f]);
	}
	assert_int_equal(count, swarm[0].count + swarm[1].count);
	for (unsigned i = 0; i < count; i++)
		assert_peer(
			&swarm[peers[i].family == FAMILY_IPV6], &peers[i], detail, had_detail, now_s
		);
}

static void
assert_all(struct shard *const *shards, unsigned workers, bool detail, bool had, uint32_t now_s)
{
	uint64_t peers = 0, stored = 0;

	for (uint32_t t = 0; t < TORRENTS; t++) {
		assert_torrent(shards[owner_of(t, workers)], t, detail, had, now_s);
		peers += swarms[t][0].count + swarms[t][1].count;
	}
	for (unsigned i = 0; i < workers; i++) {
		stored += shard_peers(shards[i]);
		assert_int_equal(shard_peers(shards[i]), shards[i]->peers);
	}
	assert_int_equal(stored, peers);
}

// What happens to restored peers later: they expire when they would have, and their completion does not count
// again.
static void
assert_later(struct shard *const *shards, unsigned workers, uint32_t now_s)
{
	for (uint32_t t = 0; t < TORRENTS; t++)
		for (unsigned f = 0; f < RTE_DIM(shard_families); f++) {
			struct naive_swarm *swarm = &swarms[t][f];

			if (swarm->count == 0)
				continue;
			uint32_t peer;

			memcpy(&peer, swarm->peers[draw(swarm->count)].address, sizeof(peer));
			struct shard_op op = announce(
				shards[owner_of(t, workers)],
				shard_families[f],
				t,
				peer,
				SEED,
				now_s
			);

			completed[t][f] += naive_swarm_put(swarm, op.peer, true, now_s);
			assert_int_equal(op.completed, completed[t][f]);
		}
	for (unsigned step = 0; step < 14; step++) {
		now_s += 10;
		for (unsigned i = 0; i < workers; i++)
			shard_sweep_all(shards[i], 50, now_s);
		uint64_t left = 0, stored = 0;

		for (uint32_t t = 0; t < TORRENTS; t++)
			for (unsigned f = 0; f < RTE_DIM(shard_families); f++) {
				naive_swarm_expire(&swarms[t][f], now_s, TIMEOUT_S);
				left += swarms[t][f].count;
			}
		for (unsigned i = 0; i < workers; i++)
			stored += shard_peers(shards[i]);
		assert_int_equal(stored, left);
	}
}

static void
check_round_trip(bool from_detail, bool to_detail, unsigned from, unsigned to, uint32_t aged_s)
{
	struct shard *before[WORKERS_MAX], *after[WORKERS_MAX];
	struct shard_restore_counts counts;
	struct snapshot_problem problem;
	uint32_t now_s = 1 + draw(30);

	forget();
	make_shards(before, from, TORRENTS, 2000, from_detail);
	fill(before, from);
	snapshot_memory_save(
		&memory, before, from, from_detail, 2 + draw(300), 1 + draw(9000), SAVED_S
	);
	make_shards(after, to, TORRENTS, 2000, to_detail);
	assert_true(snapshot_memory_load(&memory, after, to, aged_s, now_s, &counts, &problem));
	uint64_t expired = age_model(aged_s, now_s);

	assert_int_equal(counts.expired, expired);
	assert_int_equal(counts.dropped, 0);
	assert_all(after, to, to_detail, from_detail, now_s);
	// A second time nothing is added.
	assert_true(snapshot_memory_load(&memory, after, to, aged_s, now_s, &counts, &problem));
	assert_int_equal(counts.peers, 0);
	assert_int_equal(counts.torrents, 0);
	assert_all(after, to, to_detail, from_detail, now_s);
	assert_later(after, to, now_s);
	free_shards(before, from);
	free_shards(after, to);
}

static void
test_round_trip(void **state)
{
	static const unsigned workers[] = {1, 2, WORKERS_MAX};

	(void)state;
	for (unsigned from = 0; from < RTE_DIM(workers); from++)
		for (unsigned to = 0; to < RTE_DIM(workers); to++)
			for (unsigned detail = 0; detail < 4; detail++)
				check_round_trip(
					detail & 1,
					detail & 2,
					workers[from],
					workers[to],
					draw(2) * draw(TIMEOUT_S)
				);
}

// Into tables that are too small: what fits is right, the rest is counted.
static void
test_too_small(void **state)
{
	(void)state;
	for (unsigned n = 0; n < 30; n++) {
		struct shard *before, *after;
		struct shard_restore_counts counts;
		struct snapshot_problem problem;
		uint32_t max_torrents = 1 + draw(TORRENTS), max_peers = 1 + draw(600);
		bool detail = draw(2);

		forget();
		make_shards(&before, 1, TORRENTS, 2000, detail);
		fill(&before, 1);
		snapshot_memory_save(&memory, &before, 1, detail, 100, 3000, SAVED_S);
		make_shards(&after, 1, max_torrents, max_peers, detail);
		snapshot_memory_load(&memory, &after, 1, 0, 1, &counts, &problem);
		// Torrents without peers that are left out count as well.
		assert_in_range(
			counts.peers + counts.expired + counts.dropped,
			shard_peers(before),
			shard_peers(before) + TORRENTS
		);
		assert_int_equal(counts.peers, shard_peers(after));
		assert_int_equal(counts.torrents, shard_counts(after)->torrents);
		assert_true(counts.peers <= max_peers && counts.torrents <= max_torrents);
		assert_true(
			counts.dropped > 0 || counts.torrents == shard_counts(before)->torrents
		);
		shard_sweep_all(after, 50, 1000);
		assert_int_equal(shard_peers(after), 0);
		assert_int_equal(shard_used(after).lines, 0);
		assert_int_equal(shard_used(after).records, 0);
		free_shards(&before, 1);
		free_shards(&after, 1);
	}
}

// Limits of sources do not apply to peers that were stored before; from then on they count. Empty torrents are
// in their lists, also when a second snapshot brings downloads for them.
static void
test_limits_and_lists(void **state)
{
	struct shard *before, *after;
	struct shard_restore_counts counts;
	struct snapshot_problem problem;
	uint8_t address[16];

	(void)state;
	make_shards(&before, 1, 20, 100, false);
	make_shards(&after, 1, 20, 100, false);
	for (uint32_t n = 0; n < 90; n++) { // one source, many UDP ports
		struct shard_op op = announce_op(FAMILY_IPV4, n % 3, 7, LEECH);

		op.peer[5] = (uint8_t)n;
		shard_process(before, &op, 1, 5);
		memcpy(address, op.peer, 4);
	}
	shard_set_limits(
		after,
		&(struct source_limits){.peers = 5, .peers_here = 5, .pair = 2, .torrents = 1}
	);
	for (unsigned round = 0; round < 2; round++) {
		announce(before, FAMILY_IPV4, 10, 1, LEECH, 5);
		announce(before, FAMILY_IPV4, 10, 1, SEED, 5);
		announce(before, FAMILY_IPV4, 10, 1, STOP, 5);
		snapshot_memory_save(&memory, &before, 1, false, 10, 1, 6);
		assert_true(snapshot_memory_load(&memory, &after, 1, 0, 6, &counts, &problem));
		assert_int_equal(counts.dropped, 0);
		assert_int_equal(after->empty.count, 1);
	}
	assert_int_equal(shard_peers(after), 90);
	assert_int_equal(
		shard_source_peers(
			after, sources_name(&after->store.sources, FAMILY_IPV4, address)
		),
		90
	);
	struct shard_op op = announce_op(FAMILY_IPV4, 1, 7, LEECH);

	op.peer[5] = 200;
	shard_process(after, &op, 1, 7);
	assert_int_equal(op.outcome, SHARD_SOURCE_FULL);
	after->config.max_torrents = 1;
	assert_int_equal(shard_trim(after, 10), 1);
	assert_int_equal(after->empty.count, 0);
	free_shards(&before, 1);
	free_shards(&after, 1);
}

static struct shard_row
view_row(struct shard *shard, uint32_t torrent)
{
	struct shard_op op = make_op(SHARD_SCRAPE, FAMILY_IPV4, torrent, 0);
	struct shard_row row = {0};

	shard_view_torrent(shard, op.info_hash, op.hash, &row);
	return row;
}

// Torrents without peers keep their completed count, and the time that they are kept for does not start anew;
// those without a count are not in the snapshot.
static void
test_empty_torrents(void **state)
{
	struct shard *before = make_shard(10, 10), *after = make_shard(10, 10);
	struct shard_restore_counts counts;
	struct snapshot_problem problem;

	(void)state;
	announce(before, FAMILY_IPV6, 1, 1, LEECH, 1);
	announce(before, FAMILY_IPV6, 1, 1, SEED, 5);
	announce(before, FAMILY_IPV6, 1, 1, STOP, 50);
	announce(before, FAMILY_IPV4, 2, 1, SEED, 50);
	announce(before, FAMILY_IPV4, 2, 1, STOP, 50);
	announce(before, FAMILY_IPV4, 3, 1, LEECH, 50);
	announce(before, FAMILY_IPV4, 3, 1, SEED, 60); // times out while nobody is there
	snapshot_memory_save(&memory, &before, 1, false, 10, 1, 90);
	after->config.keep_completed_s = 200;
	assert_true(snapshot_memory_load(&memory, &after, 1, 100, 1, &counts, &problem));
	assert_int_equal(counts.torrents, 2);
	assert_int_equal(counts.expired, 1);
	assert_int_equal(counts.peers + counts.dropped, 0);
	assert_int_equal(view_row(after, 1).completed[FAMILY_IPV6], 1);
	assert_int_equal(view_row(after, 3).completed[FAMILY_IPV4], 1);
	shard_sweep_all(after, 10, 60); // empty for 40 + 100 + 59
	assert_int_equal(shard_counts(after)->torrents, 2);
	shard_sweep_all(after, 10, 70);
	assert_int_equal(shard_counts(after)->torrents, 1);
	shard_sweep_all(after, 10, 170); // empty for 30 + 169: too old by 30 when it was restored
	assert_int_equal(shard_counts(after)->torrents, 1);
	shard_sweep_all(after, 10, 180);
	assert_int_equal(shard_counts(after)->torrents, 0);
	shard_free(before);
	shard_free(after);
}

// A peer that is in a snapshot twice, because it moved while it was taken: its younger state stays, in either
// order.
static void
test_written_twice(void **state)
{
	static const struct {
		enum event event;
		uint32_t now_s;
	} states[] = {{LEECH, 10}, {SEED, 70}};

	(void)state;
	for (unsigned order = 0; order < 4; order++) {
		bool detail = order & 2;
		struct shard *after = make_shard_with(10, 100, detail);
		struct shard_restore_counts counts;
		struct snapshot_problem problem;
		struct shard_peer peer;
		struct shard_op op = make_op(SHARD_SCRAPE, FAMILY_IPV4, 1, 0);

		for (unsigned i = 0; i < 2; i++) {
			unsigned n = (order & 1) ^ i;
			struct shard *before = make_shard_with(10, 100, detail);

			announce(before, FAMILY_IPV4, 1, 9, states[n].event, states[n].now_s);
			snapshot_memory_save(&memory, &before, 1, detail, 10, 1, 80);
			assert_true(
				snapshot_memory_load(&memory, &after, 1, 0, 1, &counts, &problem)
			);
			assert_int_equal(counts.peers, i == 0);
			shard_free(before);
		}
		assert_int_equal(shard_view_peers(after, op.info_hash, op.hash, 0, &peer, 1, 1), 1);
		assert_true(peer.seeder);
		assert_int_equal(peer.age_s, 10);
		assert_int_equal(view_row(after, 1).seeders[FAMILY_IPV4], 1);
		assert_int_equal(view_row(after, 1).leechers[FAMILY_IPV4], 0);
		shard_free(after);
	}
}

// Times are kept in units of several seconds where the timeout is long: rounded so that no deadline moves back.
static void
test_long_timeout(void **state)
{
	enum { LONG_S = 604800, UNIT_S = 1 + LONG_S / 8192 };

	(void)state;
	for (unsigned late = 0; late < 3; late++) {
		struct shard *before = make_shard(10, 100), *after = make_shard(10, 100);
		struct shard *const both[] = {before, after};
		struct shard_restore_counts counts;
		struct snapshot_problem problem;
		uint32_t aged_s = late < 2 ? 7 : LONG_S - 20 * UNIT_S + 1;

		for (unsigned i = 0; i < RTE_DIM(both); i++) {
			both[i]->config.peer_timeout_s = LONG_S;
			both[i]->time_unit_s = UNIT_S;
			both[i]->timeout = (LONG_S + UNIT_S - 1) / UNIT_S;
		}
		announce(before, FAMILY_IPV4, 1, 1, LEECH, 10 * UNIT_S);
		snapshot_memory_save(&memory, &before, 1, false, 10, 1, 30 * UNIT_S);
		assert_true(
			snapshot_memory_load(&memory, &after, 1, aged_s, UNIT_S, &counts, &problem)
		);
		assert_int_equal(counts.peers, late < 2);
		assert_int_equal(counts.expired, late == 2);
		shard_sweep_all(after, 10, LONG_S - (late == 0 ? 22 : 18) * UNIT_S);
		assert_int_equal(shard_peers(after), late == 0);
		shard_free(before);
		shard_free(after);
	}
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
	forget();
	snapshot_memory_free(&memory);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_too_small),
		cmocka_unit_test(test_empty_torrents),
		cmocka_unit_test(test_limits_and_lists),
		cmocka_unit_test(test_written_twice),
		cmocka_unit_test(test_long_timeout),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
