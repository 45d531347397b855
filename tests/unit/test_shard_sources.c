// SPDX-License-Identifier: BSD-3-Clause
// lib/swarm/shard.h: what a source may store in a shard.

#include "../../lib/base/rng.h"
#include "../support/cmocka_wrap.h"
#include "../support/eal.h"
#include "../support/shard_fixture.h"

#include <rte_common.h>

#include <string.h>

// An announce from an address, with a UDP port.
static struct shard_op
op_from(enum family family, uint32_t address, uint16_t port, uint32_t torrent, enum event event)
{
	struct shard_op op = announce_op(family, torrent, 0, event);

	memset(op.peer, 0, sizeof(op.peer));
	memcpy(op.peer, &address, sizeof(address));
	memcpy(op.peer + (family == FAMILY_IPV4 ? 4 : 16), &port, sizeof(port));
	return op;
}

static struct shard_op
from(struct shard *shard,
     enum family family,
     uint32_t address,
     uint16_t port,
     uint32_t torrent,
     enum event event)
{
	struct shard_op op = op_from(family, address, port, torrent, event);

	shard_process(shard, &op, 1, 10);
	return op;
}

static void
set_limits(struct shard *shard, struct source_limits limits)
{
	limits.peers_here = limits.peers;
	shard_set_limits(shard, &limits);
}

static uint32_t
peers_of(const struct shard *shard, enum family family, uint32_t address)
{
	uint8_t bytes[16] = {0};

	memcpy(bytes, &address, sizeof(address));
	return shard_source_peers(shard, sources_name(&shard->store.sources, family, bytes));
}

// A source gets its share whatever its UDP ports and torrents; who is over it is answered, and others are stored.
static void
test_peers_of_a_source(void **state)
{
	enum { LIMIT = 100 };

	(void)state;
	for (unsigned f = 0; f < RTE_DIM(shard_families); f++) {
		enum family family = shard_families[f];
		struct shard *shard = make_shard(50, 10000);
		struct shard_op op;

		set_limits(shard, (struct source_limits){.peers = LIMIT});
		for (uint16_t port = 1; port <= LIMIT; port++) {
			op = from(shard, family, 7, port, port % 20, LEECH);
			assert_int_equal(op.outcome, SHARD_DONE);
		}
		for (uint16_t port = 1000; port < 1100; port++) {
			op = from(shard, family, 7, port, port % 40, LEECH);
			assert_int_equal(op.outcome, SHARD_SOURCE_FULL);
			assert_int_equal(op.peer_count, port % 40 < 20 ? LIMIT / 20 : 0);
		}
		assert_int_equal(shard_peers(shard), LIMIT);
		assert_int_equal(shard_counts(shard)->torrents, 20); // none that stays empty
		for (uint16_t port = 1; port <= LIMIT; port++) { // known peers go on
			op = from(shard, family, 7, port, port % 20, SEED);
			assert_int_equal(op.outcome, SHARD_DONE);
		}
		assert_int_equal(from(shard, family, 8, 1, 30, LEECH).outcome, SHARD_DONE);
		from(shard, family, 7, 5, 5, STOP); // one leaves, one may come
		assert_int_equal(from(shard, family, 7, 2000, 0, LEECH).outcome, SHARD_DONE);
		op = from(shard, family, 7, 2001, 0, LEECH);
		assert_int_equal(op.outcome, SHARD_SOURCE_FULL);
		assert_int_equal(peers_of(shard, family, 7), LIMIT);
		shard_sweep_all(shard, 1000, 11 + TIMEOUT_S); // all expire
		assert_int_equal(peers_of(shard, family, 7), 0);
		op = from(shard, family, 7, 2001, 0, LEECH);
		assert_int_equal(op.outcome, SHARD_DONE);
		set_limits(shard, (struct source_limits){0});
		for (uint16_t port = 1; port <= 2 * LIMIT; port++)
			from(shard, family, 7, port, 1, LEECH);
		assert_int_equal(peers_of(shard, family, 7), 2 * LIMIT + 1);
		shard_free(shard);
	}
}

static void
test_peers_of_a_source_in_a_swarm(void **state)
{
	struct shard *shard = make_shard(50, 10000);

	(void)state;
	set_limits(shard, (struct source_limits){.pair = 3});
	for (uint32_t torrent = 0; torrent < 10; torrent++)
		for (uint16_t port = 1; port < 6; port++)
			assert_int_equal(
				from(shard, FAMILY_IPV4, 7, port, torrent, LEECH).outcome,
				port <= 3 ? SHARD_DONE : SHARD_SOURCE_FULL
			);
	assert_int_equal(shard_peers(shard), 30);
	assert_int_equal(from(shard, FAMILY_IPV4, 8, 1, 1, LEECH).outcome, SHARD_DONE);
	assert_int_equal(from(shard, FAMILY_IPV6, 7, 1, 1, LEECH).outcome, SHARD_DONE);
	shard_free(shard);
}

// A source over its limit of torrents is served in torrents of others, also of the same burst.
static void
test_torrents_of_a_source(void **state)
{
	struct shard *shard = make_shard(1000, 10000);
	struct shard_op ops[3];

	(void)state;
	set_limits(shard, (struct source_limits){.torrents = 5});
	for (uint32_t torrent = 0; torrent < 10; torrent++)
		assert_int_equal(
			from(shard, FAMILY_IPV4, 7, 1, torrent, LEECH).outcome,
			torrent < 5 ? SHARD_DONE : SHARD_SOURCE_FULL
		);
	ops[0] = op_from(FAMILY_IPV4, 7, 1, 20, LEECH);
	ops[1] = op_from(FAMILY_IPV4, 8, 1, 20, LEECH);
	ops[2] = op_from(FAMILY_IPV4, 7, 1, 20, LEECH);
	shard_process(shard, ops, RTE_DIM(ops), 10);
	assert_int_equal(ops[0].outcome, SHARD_SOURCE_FULL);
	assert_int_equal(ops[1].outcome, SHARD_DONE);
	assert_int_equal(ops[2].outcome, SHARD_DONE);
	assert_int_equal(ops[2].leechers, 2);
	assert_int_equal(shard_counts(shard)->torrents, 6);
	shard_free(shard);
}

// A source that announces from all of its UDP ports gets no more than its share of the default table, and others
// are stored. The same from eight sources that together would have the whole table.
static void
test_floods(void **state)
{
	enum { PEERS = 80000, LIMIT = PEERS / 8 };

	(void)state;
	for (uint32_t sources = 1; sources <= 10; sources += 9) {
		struct shard *shard = make_shard(10000, PEERS);

		set_limits(shard, (struct source_limits){.peers = LIMIT, .pair = LIMIT});
		for (uint32_t i = 0; i < 2 * PEERS; i++)
			from(shard,
			     FAMILY_IPV4,
			     1 + i % sources,
			     (uint16_t)(i / sources),
			     i / sources / 60000 + i % 50,
			     LEECH);
		if (sources == 1)
			assert_int_equal(shard_peers(shard), LIMIT);
		else // at most n/(n+2)
			assert_true(shard_peers(shard) <= PEERS / 12 * 10 + 10);
		for (uint32_t other = 100; other < 1100; other++)
			assert_int_equal(
				from(shard, FAMILY_IPV4, other, 1, other % 50, LEECH).outcome,
				SHARD_DONE
			);
		shard_free(shard);
	}
}

static struct shard *
make_large_shard(uint32_t max_torrents, uint32_t max_peers)
{
	const struct shard_config config = {
		.name = "large",
		.socket = SOCKET_ID_ANY,
		.max_torrents = max_torrents,
		.max_peers = max_peers,
		.peer_timeout_s = TIMEOUT_S,
		.seed = 1,
	};
	struct shard *shard = shard_create(&config);

	assert_non_null(shard);
	return shard;
}

// The default limits of the default capacity do not touch 10,000 clients behind one address, with five torrents
// each, all different or all the same, among as many peers as make half of the table.
static void
test_carrier_grade_nat(void **state)
{
	enum { TORRENTS = 500000, PEERS = 1000000, CLIENTS = 10000, EACH = 5 };

	(void)state;
	for (unsigned same = 0; same < 2; same++) {
		struct shard *shard = make_large_shard(TORRENTS / 5, PEERS);

		set_limits(
			shard,
			(struct source_limits){
				.peers = PEERS / 8,
				.pair = PEERS / 64,
				.torrents = TORRENTS / 8,
			}
		);
		for (uint32_t other = 0; other < PEERS / 2; other++)
			from(shard, FAMILY_IPV4, 1000 + other, 1, other % 1000, LEECH);
		for (uint32_t i = 0; i < CLIENTS * EACH; i++) {
			struct shard_op op =
				from(shard,
				     FAMILY_IPV4,
				     7,
				     (uint16_t)(1 + i / EACH),
				     same ? i % EACH : 2000 + i,
				     LEECH);

			assert_int_equal(op.outcome, SHARD_DONE);
		}
		shard_free(shard);
	}
}

// Counts are right in the end, whatever came and went in bursts with and without events.
static void
test_counts_follow_peers(void **state)
{
	enum { SOURCES = 20 };
	struct shard *shard = make_shard_with(50, 400, true);
	static struct shard_op ops[BURST_MAX];
	struct rng rng = {23};
	uint32_t counts[SOURCES] = {0};

	(void)state;
	set_limits(shard, (struct source_limits){.peers = 40, .pair = 5, .torrents = 1000000});
	for (unsigned burst = 0; burst < 5000; burst++) {
		for (unsigned i = 0; i < BURST_MAX; i++) {
			ops[i] =
				op_from(shard_families[rng_below(&rng, 2)],
					rng_below(&rng, SOURCES),
					(uint16_t)rng_below(&rng, 30),
					rng_below(&rng, 50),
					rng_below(&rng, 3));
			ops[i].event = ops[i].stopped ? 3 : (uint8_t)rng_below(&rng, 3);
			ops[i].peers = shard_replies[i];
		}
		shard_process(shard, ops, BURST_MAX, 10 + burst / 10);
		shard_sweep(shard, 20, 10 + burst / 10);
		shard_trim(shard, 20);
	}
	for (uint32_t position = 0; position < shard->positions; position++)
		for (unsigned f = 0; f < RTE_DIM(shard_families); f++) {
			struct swarm_ref ref = shard_swarm(shard, position, shard_families[f]);

			for (uint32_t i = 0; i < swarm_peers(&ref.home->swarm); i++) {
				const struct swarm_record *record;
				uint16_t time;

				counts[*swarm_peer(&ref, i, &time, &record)] += 1u << 16 * f;
			}
		}
	for (uint32_t source = 0; source < SOURCES; source++) {
		assert_int_equal(peers_of(shard, FAMILY_IPV4, source), counts[source] & 0xffff);
		assert_int_equal(peers_of(shard, FAMILY_IPV6, source), counts[source] >> 16);
	}
	shard_free(shard);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_peers_of_a_source),
		cmocka_unit_test(test_peers_of_a_source_in_a_swarm),
		cmocka_unit_test(test_torrents_of_a_source),
		cmocka_unit_test(test_floods),
		cmocka_unit_test(test_carrier_grade_nat),
		cmocka_unit_test(test_counts_follow_peers),
	};

	test_eal_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
