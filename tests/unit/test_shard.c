// SPDX-License-Identifier: BSD-3-Clause
// lib/swarm/shard.h: counts, limits, bursts, expiry; and a long run beside a naive tracker.

#include "../../lib/base/rng.h"
#include "../../lib/swarm/shard_inline.h"
#include "../support/cmocka_wrap.h"
#include "../support/eal.h"
#include "../support/naive_swarm.h"

#include <rte_common.h>
#include <rte_log.h>
#include <rte_malloc.h>
#include <rte_memory.h>

#include <stdlib.h>
#include <string.h>

enum {
	TIMEOUT_S = 100,
	REST_S = 1 + TIMEOUT_S / 16, // between the starts of two sweeps
	EVERYTHING = 1000000, // a budget for a whole sweep at once
	REPLY_BYTES = 200 * 18,
	HASHES = 64,
	ADDRESSES = 200,
	BURST_MAX = 80,
	DIFFERENTIAL_OPS = 200000,
};

static const enum family families[] = {FAMILY_IPV4, FAMILY_IPV6};

// Where replies of one burst are written.
static uint8_t replies[BURST_MAX][REPLY_BYTES];

static struct shard *
make_shard_of(uint32_t max_torrents, uint32_t max_peers, bool detail)
{
	static unsigned number;
	char name[20];
	struct shard_config config = {
		.name = name,
		.socket = SOCKET_ID_ANY,
		.max_torrents = max_torrents,
		.max_peers = max_peers,
		.max_peers_ipv6 = max_peers,
		.peer_timeout_s = TIMEOUT_S,
		.detail = detail,
		.seed = ++number,
	};

	snprintf(name, sizeof(name), "test_%u", number);
	struct shard *shard = shard_create(&config);

	assert_non_null(shard);
	return shard;
}

static struct shard *
make_shard(uint32_t max_torrents, uint32_t max_peers)
{
	return make_shard_of(max_torrents, max_peers, false);
}

// What a peer tells of itself: bytes that are its number all over.
static const uint8_t *
detail_of(uint32_t peer)
{
	static uint8_t details[BURST_MAX][SHARD_DETAIL_BYTES];
	static unsigned next;
	uint8_t *detail = details[next++ % BURST_MAX];

	for (unsigned at = 0; at < SHARD_DETAIL_BYTES; at += sizeof(peer))
		memcpy(detail + at, &peer, sizeof(peer));
	return detail;
}

// Torrent number n has n as the first bytes of its info_hash.
static const uint8_t *
info_hash_of(uint32_t torrent)
{
	static uint8_t hashes[BURST_MAX][20];
	static unsigned next;
	uint8_t *hash = hashes[next++ % BURST_MAX];

	memset(hash, 0x5a, 20);
	memcpy(hash, &torrent, sizeof(torrent));
	return hash;
}

static struct shard_op
make_op(enum shard_op_kind kind, enum family family, uint32_t torrent, uint32_t peer)
{
	struct shard_op op = {
		.info_hash = info_hash_of(torrent),
		.peers = replies[0],
		.detail = kind == SHARD_ANNOUNCE ? detail_of(peer) : NULL,
		.hash = torrent * UINT32_C(2654435761),
		.kind = (uint8_t)kind,
		.family = (uint8_t)family,
		.num_want = 50,
	};

	memset(op.peer, 0xa5, sizeof(op.peer));
	memcpy(op.peer, &peer, sizeof(peer));
	return op;
}

enum event { LEECH, SEED, STOP };

static struct shard_op
announce_op(enum family family, uint32_t torrent, uint32_t peer, enum event event)
{
	struct shard_op op = make_op(SHARD_ANNOUNCE, family, torrent, peer);

	op.seeder = event == SEED;
	op.stopped = event == STOP;
	return op;
}

static struct shard_op
announce(
	struct shard *shard,
	enum family family,
	uint32_t torrent,
	uint32_t peer,
	enum event event,
	uint32_t now_s
)
{
	struct shard_op op = announce_op(family, torrent, peer, event);

	shard_process(shard, &op, 1, now_s);
	return op;
}

static struct shard_op
scrape(struct shard *shard, enum family family, uint32_t torrent)
{
	struct shard_op op = make_op(SHARD_SCRAPE, family, torrent, 0);

	shard_process(shard, &op, 1, 1);
	return op;
}

static void
assert_op(const struct shard_op *op, uint32_t seeders, uint32_t leechers, uint32_t completed)
{
	assert_int_equal(op->seeders, seeders);
	assert_int_equal(op->leechers, leechers);
	if (op->kind == SHARD_SCRAPE)
		assert_int_equal(op->completed, completed);
	else // of its family
		assert_in_range(op->completed, 0, completed);
}

static uint64_t
peers_in(const struct shard *shard)
{
	const struct shard_counts *counts = shard_counts(shard);
	uint64_t peers = 0;

	for (unsigned f = 0; f < FAMILY_COUNT; f++)
		peers += counts->seeders[f] + counts->leechers[f];
	return peers;
}

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
	assert_int_equal(op.peer_count, 0); // not from the other family
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

// Completed belongs to the torrent: both families see it.
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
	assert_int_equal(peers_in(shard), 2);
	op = announce(shard, FAMILY_IPV4, 1, 1, STOP, 1);
	assert_op(&op, 1, 0, 0);
	assert_int_equal(op.peer_count, 0);
	assert_int_equal(peers_in(shard), 1);
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
		ops[i].peers = replies[i];
	shard_process(shard, ops, RTE_DIM(ops), 1);
	assert_op(&ops[0], 0, 0, 0);
	assert_op(&ops[1], 1, 0, 0);
	assert_op(&ops[2], 1, 0, 0);
	assert_op(&ops[3], 1, 1, 0);
	assert_int_equal(ops[3].peer_count, 1);
	assert_memory_equal(replies[3], ops[1].peer, 6);
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
		ops[i].peers = replies[i];
	}
	shard_process(shard, ops, BURST_MAX, 1);
	for (unsigned i = 0; i < BURST_MAX; i++)
		assert_op(&ops[i], 0, i / 2 + 1, 0);
	shard_process(shard, ops, 0, 1);
	assert_int_equal(peers_in(shard), BURST_MAX);
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

// A hash is only a hint: torrents that share one are still told apart.
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
		for (unsigned f = 0; f < RTE_DIM(families); f++)
			announce(shard, families[f], 1, peer, LEECH, 1);
	for (unsigned f = 0; f < RTE_DIM(families); f++) {
		op = announce(shard, families[f], 1, 9, SEED, 1);
		assert_int_equal(op.outcome, SHARD_PEERS_FULL);
		assert_op(&op, 0, 2, 0);
		assert_int_equal(op.peer_count, 2); // answered all the same
	}
	op = announce(shard, FAMILY_IPV4, 1, 0, SEED, 1); // known: served as before
	assert_int_equal(op.outcome, SHARD_DONE);
	assert_op(&op, 1, 1, 1);
	announce(shard, FAMILY_IPV6, 1, 0, STOP, 1);
	op = announce(shard, FAMILY_IPV4, 1, 9, SEED, 1); // room again
	assert_int_equal(op.outcome, SHARD_DONE);
	assert_op(&op, 2, 1, 1);
	shard_free(shard);
}

// No peer to store, no torrent to store it in: else strangers could use up all torrents.
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

// All the room that was asked for is there, in one swarm or in many.
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
		assert_int_equal(peers_in(shard), rows[r].peers);
		shard_free(shard);
	}
}

// One call after the other until the sweep rests. Returns how many were looked at.
static unsigned
sweep_all(struct shard *shard, unsigned budget, uint32_t now_s)
{
	unsigned sum = 0;
	unsigned looked;

	while ((looked = shard_sweep(shard, budget, now_s)) > 0) {
		assert_true(looked <= budget + 3);
		sum += looked;
		assert_true(sum < EVERYTHING);
	}
	return sum;
}

// At exactly the timeout a peer stays, a second later it goes; whatever the budget.
static void
test_expiry_to_the_second(void **state)
{
	static const unsigned budgets[] = {1, 2, 7, 64, EVERYTHING};

	(void)state;
	for (unsigned b = 0; b < RTE_DIM(budgets); b++)
		for (uint32_t late_s = 0; late_s < 2; late_s++) {
			struct shard *shard = make_shard(20, 100);

			for (uint32_t peer = 0; peer < 40; peer++)
				announce(shard, families[peer % 2], peer / 8, peer, peer % 3, 1000);
			uint64_t before = peers_in(shard);

			sweep_all(shard, budgets[b], 1000 + TIMEOUT_S + late_s);
			assert_int_equal(peers_in(shard), late_s == 0 ? before : 0);
			assert_int_equal(
				shard_counts(shard)->peers_expired, late_s == 0 ? 0 : before
			);
			assert_int_equal(shard_counts(shard)->torrents, late_s == 0 ? 5 : 0);
			shard_free(shard);
		}
}

// A peer's time is kept in 15 bits. Whatever the silence of all (the process was stopped, the machine
// slept), an old peer goes with the next sweep; one that announced before that sweep stays its time.
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
		sweep_all(shard, 7, 1000);
		announce(shard, FAMILY_IPV4, 1, 3, LEECH, now_s);
		sweep_all(shard, 7, now_s);
		assert_int_equal(peers_in(shard), 1);
		assert_int_equal(shard_counts(shard)->leechers[FAMILY_IPV4], 1);
		sweep_all(shard, 7, now_s + TIMEOUT_S);
		assert_int_equal(peers_in(shard), 1);
		sweep_all(shard, 7, now_s + TIMEOUT_S + REST_S + 1);
		assert_int_equal(peers_in(shard), 0);
		shard_free(shard);
	}
}

// The same where announces go on, but the sweep does not come: peers of any age go once it does.
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
			sweep_all(shard, EVERYTHING, 1000);
			for (uint32_t now_s = 1000; now_s < end_s; now_s += steps[s])
				announce(shard, FAMILY_IPV6, 1, 2, LEECH, now_s);
			announce(shard, FAMILY_IPV6, 1, 2, LEECH, end_s);
			sweep_all(shard, EVERYTHING, end_s);
			assert_int_equal(shard_counts(shard)->leechers[FAMILY_IPV4], 0);
			assert_int_equal(shard_counts(shard)->leechers[FAMILY_IPV6], 1);
			shard_free(shard);
		}
}

// Old and new peers in one swarm: the new ones stay, each announce starts the time again.
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
	sweep_all(shard, 10, 1000 + TIMEOUT_S + 1);
	op = scrape(shard, FAMILY_IPV6, 1);
	assert_op(&op, 50, 50, 0);
	assert_int_equal(shard_counts(shard)->peers_expired, 200);
	assert_int_equal(shard_counts(shard)->torrents_expired, 0);
	assert_int_equal(shard_counts(shard)->seeders[FAMILY_IPV6], 50);
	assert_int_equal(shard_counts(shard)->leechers[FAMILY_IPV6], 50);
	shard_free(shard);
}

// A torrent without peers goes with the next sweep, and its place serves another.
static void
test_place_of_a_torrent_is_used_again(void **state)
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
	sweep_all(shard, 5, 2);
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
				families[rng_below(&rng, 2)],
				rng_below(&rng, 1 + rng_below(&rng, 30)),
				i,
				rng_below(&rng, 2) ? SEED : LEECH,
				1 + rng_below(&rng, 300)
			);
		uint64_t torrents = shard_counts(shard)->torrents;
		unsigned looked = sweep_all(shard, budget, 300);

		// Every torrent and peer, and the places without a torrent; some twice, where
		// the sweep comes back to a torrent.
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
	assert_int_equal(peers_in(shard), 1);
	assert_true(shard_sweep(shard, EVERYTHING, 1000) > 0);
	assert_int_equal(peers_in(shard), 0);
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

// Announces move peers about while the sweep is under way: it may look at some twice, but within
// two rounds everything that is too old is gone, and nothing else.
static void
test_sweep_among_announces(void **state)
{
	struct shard *shard = make_shard(4, 4000);
	struct rng rng = {8};
	uint32_t now_s = 1000;

	(void)state;
	for (uint32_t peer = 0; peer < 2000; peer++)
		announce(shard, families[peer % 2], peer % 4, peer, LEECH, now_s);
	now_s += TIMEOUT_S + 1;
	for (unsigned i = 0; i < 2000; i++) {
		uint32_t peer = 2000 + rng_below(&rng, 500);

		announce(shard, families[peer % 2], peer % 4, peer, rng_below(&rng, 3), now_s);
		shard_sweep(shard, 3, now_s);
	}
	sweep_all(shard, 100, now_s);
	sweep_all(shard, 100, now_s + REST_S);
	assert_int_equal(shard_counts(shard)->peers_expired, 2000);
	assert_true(peers_in(shard) > 100);
	shard_free(shard);
}

// A hundred times what fits comes and goes.
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
				families[(peer + round) % 2],
				round * TORRENTS + peer % TORRENTS,
				peer,
				peer % 2 == 0 ? LEECH : SEED,
				now_s
			);

			assert_int_equal(op.outcome, SHARD_DONE);
		}
		assert_int_equal(shard_counts(shard)->torrents, TORRENTS);
		assert_int_equal(peers_in(shard), PEERS);
		now_s += TIMEOUT_S + 1;
		sweep_all(shard, 20, now_s);
		assert_int_equal(shard_counts(shard)->torrents, 0);
		assert_int_equal(peers_in(shard), 0);
	}
	assert_int_equal(shard_counts(shard)->torrents_expired, TORRENTS * ROUNDS);
	assert_int_equal(shard_counts(shard)->peers_expired, PEERS * ROUNDS);
	shard_free(shard);
}

static size_t
heap_bytes(void)
{
	struct rte_malloc_socket_stats stats;

	assert_int_equal(rte_malloc_get_socket_stats(0, &stats), 0);
	return stats.heap_allocsz_bytes;
}

// What is promised to the one who sizes memory; and all of it comes back.
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
		size_t promised = shard_memory_bytes(&config);

		assert_non_null(shard);

		// Headers of blocks and a table of at least 8 are small change.
		if (used > promised + 32768)
			fail_msg("row %u: %zu bytes used, %zu promised", i, used, promised);
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

// The record of a peer: the last announce's words, and when it came.
static void
test_records(void **state)
{
	struct shard *shard = make_shard_of(10, 1000, true);
	const uint32_t count = 300; // inside the torrent, in lines, and in the index

	(void)state;
	for (unsigned f = 0; f < RTE_DIM(families); f++) {
		for (uint32_t peer = 0; peer < count; peer++) {
			struct shard_op op = announce_op(families[f], 1, peer, peer % 3 == 0);

			shard_process(shard, &op, 1, 5);
			op.event = 2;
			op.detail = detail_of(peer + 1000); // it has moved on
			shard_process(shard, &op, 1, 7);
		}
		struct swarm_ref ref = shard_swarm(shard, 0, families[f]);

		assert_int_equal(swarm_peers(ref.swarm), count);
		for (uint32_t i = 0; i < count; i++) {
			const struct swarm_record *record;
			uint16_t time;
			uint32_t peer;

			memcpy(&peer, swarm_peer(&ref, i, &time, &record), sizeof(peer));
			assert_int_equal(time, 7);
			assert_memory_equal(record, detail_of(peer + 1000), SHARD_DETAIL_BYTES);
			assert_int_equal(record->updated_event, 7 << 2 | 2);
		}
	}
	assert_int_equal(shard->store.records.used, 2 * count);
	sweep_all(shard, 10000, 7 + TIMEOUT_S + 1);
	assert_int_equal(shard->store.records.used, 0);
	assert_int_equal(shard->store.nodes.used, 0);
	shard_free(shard);
}

// A peer that comes and leaves within a burst gives its record back; what it told must not be
// written where the record's place is by then, in the list of free ones or with another peer.
static void
test_records_of_a_short_visit(void **state)
{
	struct shard *shard = make_shard_of(10, 200, true);
	bool lent[200] = {false};

	(void)state;
	for (unsigned round = 0; round < 20; round++) {
		struct shard_op ops[] = {
			announce_op(FAMILY_IPV4, 1, 1, LEECH),
			announce_op(FAMILY_IPV4, 1, 2, LEECH),
			announce_op(FAMILY_IPV4, 1, 1, STOP),
			announce_op(FAMILY_IPV4, 2, 100 + round, LEECH),
			announce_op(FAMILY_IPV4, 1, 2, STOP),
		};

		shard_process(shard, ops, RTE_DIM(ops), 1);
	}
	struct swarm_ref ref = shard_swarm(shard, 1, FAMILY_IPV4);

	assert_int_equal(swarm_peers(ref.swarm), 20);
	assert_int_equal(shard->store.records.used, 20);
	for (uint32_t i = 0; i < 20; i++) {
		const struct swarm_record *record;
		uint16_t time;
		uint32_t peer;

		memcpy(&peer, swarm_peer(&ref, i, &time, &record), sizeof(peer));
		assert_memory_equal(record, detail_of(peer), SHARD_DETAIL_BYTES);
		size_t number =
			((const uint8_t *)record - shard->store.records.items) / SWARM_RECORD_BYTES;

		assert_false(lent[number]);
		lent[number] = true;
	}
	shard_free(shard);
}

// A peer that comes and leaves within a burst: its record is free again, and what it told is not
// written there, where the list of free records now runs.
static void
test_record_of_a_peer_that_left_in_its_burst(void **state)
{
	struct shard *shard = make_shard_of(10, 20, true);
	struct shard_op ops[30];

	(void)state;
	for (unsigned round = 0; round < 3; round++) {
		for (unsigned i = 0; i < RTE_DIM(ops); i++) {
			ops[i] = announce_op(
				families[round % 2], 1, i / 3, i % 3 == 2 ? STOP : LEECH
			);
			ops[i].detail = detail_of(UINT32_C(0x41414141));
			ops[i].peers = replies[i];
		}
		shard_process(shard, ops, RTE_DIM(ops), 1);
		assert_int_equal(peers_in(shard), 0);
	}
	for (uint32_t peer = 0; peer < 20; peer++) // all records are there
		assert_int_equal(
			announce(shard, FAMILY_IPV6, 1, peer, LEECH, 1).outcome, SHARD_DONE
		);
	shard_free(shard);
}

// A torrent that was downloaded outlives its last peer, as long as it may and there is room.
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
	announce(shard, FAMILY_IPV4, 2, 1, SEED, now_s); // came complete: nothing to remember
	announce(shard, FAMILY_IPV4, 2, 1, STOP, now_s);
	sweep_all(shard, 100, now_s + 1);
	assert_int_equal(shard_counts(shard)->torrents, 1);
	struct shard_op op = scrape(shard, FAMILY_IPV6, 1);

	assert_op(&op, 0, 0, 1);
	sweep_all(shard, 100, now_s + KEEP_S - 1);
	assert_int_equal(shard_counts(shard)->torrents, 1);
	sweep_all(shard, 100, now_s + KEEP_S + REST_S);
	assert_int_equal(shard_counts(shard)->torrents, 0);

	now_s = 5000; // all but one in use: nothing is kept
	announce(shard, FAMILY_IPV4, 1, 1, LEECH, now_s);
	announce(shard, FAMILY_IPV4, 1, 1, SEED, now_s);
	announce(shard, FAMILY_IPV4, 1, 1, STOP, now_s);
	for (uint32_t torrent = 10; torrent < 24; torrent++)
		announce(shard, FAMILY_IPV4, torrent, 1, LEECH, now_s);
	sweep_all(shard, 100, now_s + 1);
	assert_int_equal(shard_counts(shard)->torrents, 14);
	shard_free(shard);
}

// The naive tracker: what the shard should know.
struct model {
	bool known[HASHES];
	uint32_t completed[HASHES];
	struct naive_swarm swarms[HASHES][RTE_DIM(families)];
	uint32_t max_torrents;
	uint32_t max_peers;
	struct shard_counts counts;
	unsigned peers;
};

static void
open_model(struct model *model, uint32_t max_torrents, uint32_t max_peers)
{
	*model = (struct model){.max_torrents = max_torrents, .max_peers = max_peers};
	for (unsigned h = 0; h < HASHES; h++)
		for (unsigned f = 0; f < RTE_DIM(families); f++)
			naive_swarm_init(&model->swarms[h][f], families[f] == FAMILY_IPV4 ? 6 : 18);
}

static void
close_model(struct model *model)
{
	for (unsigned h = 0; h < HASHES; h++)
		for (unsigned f = 0; f < RTE_DIM(families); f++)
			naive_swarm_free(&model->swarms[h][f]);
}

static void
model_count(struct model *model, uint32_t torrent, unsigned f, int sign)
{
	const struct naive_swarm *swarm = &model->swarms[torrent][f];

	model->peers += (unsigned)sign * swarm->count;
	model->counts.seeders[families[f]] += (uint64_t)sign * naive_swarm_seeders(swarm);
	model->counts.leechers[families[f]] += (uint64_t)sign * naive_swarm_leechers(swarm);
}

// What is stored of an announce that is not a stop, and what becomes of it.
static enum shard_outcome
model_store(struct model *model, uint32_t torrent, unsigned f, struct shard_op *op, uint32_t now_s)
{
	struct naive_swarm *swarm = &model->swarms[torrent][f];
	bool peer_known = naive_swarm_find(swarm, op->peer) != NULL;

	if (!model->known[torrent] && model->counts.torrents == model->max_torrents)
		return SHARD_TORRENTS_FULL;
	if (!peer_known && model->peers == model->max_peers)
		return SHARD_PEERS_FULL;
	if (!model->known[torrent]) {
		model->known[torrent] = true;
		model->counts.torrents++;
	}
	model_count(model, torrent, f, -1);
	if (naive_swarm_put(swarm, op->peer, op->seeder, now_s)) {
		model->completed[torrent]++;
		model->counts.completed++;
	}
	model_count(model, torrent, f, 1);
	return SHARD_DONE;
}

static void
model_stop(struct model *model, uint32_t torrent, unsigned f, const struct shard_op *op)
{
	model_count(model, torrent, f, -1);
	naive_swarm_remove(&model->swarms[torrent][f], op->peer);
	model_count(model, torrent, f, 1);
}

// Carries out an op that the shard has carried out, and holds its answer against the model's.
static void
check_op(struct model *model, uint32_t torrent, struct shard_op *op, uint32_t now_s)
{
	unsigned f = op->family == FAMILY_IPV6;
	struct naive_swarm *swarm = &model->swarms[torrent][f];
	enum shard_outcome expected = SHARD_DONE;
	const char *wrong = NULL;

	if (op->kind == SHARD_ANNOUNCE && op->stopped)
		model_stop(model, torrent, f, op);
	else if (op->kind == SHARD_ANNOUNCE)
		expected = model_store(model, torrent, f, op, now_s);
	assert_int_equal(op->outcome, expected);
	assert_op(
		op,
		naive_swarm_seeders(swarm),
		naive_swarm_leechers(swarm),
		model->known[torrent] ? model->completed[torrent] : 0
	);
	if (op->kind == SHARD_SCRAPE || op->stopped)
		assert_int_equal(op->peer_count, 0);
	else
		wrong = naive_swarm_judge(
			swarm, op->peer, op->seeder, op->num_want, op->peers, op->peer_count
		);
	if (wrong != NULL)
		fail_msg("%s", wrong);
}

static void
model_sweep(struct model *model, uint32_t now_s)
{
	for (uint32_t torrent = 0; torrent < HASHES; torrent++) {
		unsigned left = 0;

		for (unsigned f = 0; f < RTE_DIM(families); f++) {
			model_count(model, torrent, f, -1);
			model->counts.peers_expired +=
				naive_swarm_expire(&model->swarms[torrent][f], now_s, TIMEOUT_S);
			model_count(model, torrent, f, 1);
			left += model->swarms[torrent][f].count;
		}
		if (!model->known[torrent] || left > 0)
			continue;
		model->known[torrent] = false;
		model->completed[torrent] = 0;
		model->counts.torrents--;
		model->counts.torrents_expired++;
	}
}

// Few torrents are asked for often, many seldom.
static struct shard_op
random_op(struct rng *rng, uint32_t *torrent)
{
	enum family family = families[rng_below(rng, 2)];
	uint32_t peer = rng_below(rng, ADDRESSES);
	unsigned kind = rng_below(rng, 20);

	*torrent = rng_below(rng, 1 + rng_below(rng, HASHES));
	if (kind < 2)
		return make_op(SHARD_SCRAPE, family, *torrent, peer);
	struct shard_op op = announce_op(
		family,
		*torrent,
		peer,
		kind < 5	    ? STOP
			: kind < 11 ? SEED
				    : LEECH
	);

	op.num_want = (uint16_t)rng_below(rng, 60);
	return op;
}

static unsigned
random_burst(struct shard *shard, struct model *model, struct rng *rng, uint32_t now_s)
{
	struct shard_op ops[BURST_MAX];
	uint32_t torrents[BURST_MAX];
	unsigned count = 1 + rng_below(rng, BURST_MAX);

	for (unsigned i = 0; i < count; i++) {
		ops[i] = random_op(rng, &torrents[i]);
		ops[i].peers = replies[i];
	}
	shard_process(shard, ops, count, now_s);
	for (unsigned i = 0; i < count; i++)
		check_op(model, torrents[i], &ops[i], now_s);
	assert_memory_equal(shard_counts(shard), &model->counts, sizeof(model->counts));
	return count;
}

// A long run is asked for with WEIR_DIFFERENTIAL_OPS.
static unsigned
differential_ops(void)
{
	const char *wanted = getenv("WEIR_DIFFERENTIAL_OPS");

	return wanted == NULL ? DIFFERENTIAL_OPS : (unsigned)strtoul(wanted, NULL, 10);
}

static void
run_beside_model(uint32_t max_torrents, uint32_t max_peers, bool detail, uint64_t seed)
{
	struct shard *shard = make_shard_of(max_torrents, max_peers, detail);
	struct rng rng = {seed};
	static struct model model;
	uint32_t now_s = 1;

	open_model(&model, max_torrents, max_peers);
	for (unsigned ops = 0; ops < differential_ops();) {
		ops += random_burst(shard, &model, &rng, now_s);
		now_s += rng_below(&rng, 3);
		if (rng_below(&rng, 2000) == 0)
			now_s += TIMEOUT_S; // nearly everybody goes
		if (shard_sweep(shard, EVERYTHING, now_s) > 0)
			model_sweep(&model, now_s);
		assert_memory_equal(shard_counts(shard), &model.counts, sizeof(model.counts));
	}
	assert_true(model.counts.completed > 100);
	assert_true(model.counts.peers_expired > 1000);
	close_model(&model);
	shard_free(shard);
}

static void
test_beside_naive_tracker(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= 2; seed++) {
		run_beside_model(HASHES, HASHES * ADDRESSES * 2, false, seed);
		run_beside_model(HASHES, HASHES * ADDRESSES * 2, true, seed + 10);
	}
}

static void
test_beside_naive_tracker_full(void **state)
{
	(void)state;
	run_beside_model(40, 300, false, 300);
	run_beside_model(40, 300, true, 301);
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
		cmocka_unit_test(test_expiry_to_the_second),
		cmocka_unit_test(test_expiry_after_a_pause),
		cmocka_unit_test(test_expiry_after_a_sweep_that_paused),
		cmocka_unit_test(test_expiry_of_some),
		cmocka_unit_test(test_place_of_a_torrent_is_used_again),
		cmocka_unit_test(test_sweep_keeps_its_budget),
		cmocka_unit_test(test_sweep_of_no_budget),
		cmocka_unit_test(test_sweep_rests),
		cmocka_unit_test(test_sweep_among_announces),
		cmocka_unit_test(test_churn),
		cmocka_unit_test(test_records),
		cmocka_unit_test(test_records_of_a_short_visit),
		cmocka_unit_test(test_record_of_a_peer_that_left_in_its_burst),
		cmocka_unit_test(test_keep_completed),
		cmocka_unit_test(test_memory),
		cmocka_unit_test(test_no_memory),
		cmocka_unit_test(test_beside_naive_tracker),
		cmocka_unit_test(test_beside_naive_tracker_full),
	};

	test_eal_init();
	rte_log_set_global_level(RTE_LOG_EMERG); // some tests make DPDK complain
	return cmocka_run_group_tests(tests, NULL, NULL);
}
