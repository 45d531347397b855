// SPDX-License-Identifier: BSD-3-Clause
// lib/swarm/shard.h: the full records of peers.

#include "../support/cmocka_wrap.h"
#include "../support/eal.h"
#include "../support/shard_fixture.h"

#include <rte_common.h>

#include <string.h>

// The record of a peer holds the details of its last announce, and its time.
static void
test_records(void **state)
{
	struct shard *shard = make_shard_with(10, 1000, true);
	const uint32_t count = 300; // inside the torrent, in lines, and in the index

	(void)state;
	for (unsigned f = 0; f < RTE_DIM(shard_families); f++) {
		for (uint32_t peer = 0; peer < count; peer++) {
			struct shard_op op = announce_op(shard_families[f], 1, peer, peer % 3 == 0);

			shard_process(shard, &op, 1, 5);
			op.event = 2;
			op.detail = detail_of(peer + 1000); // the details have changed
			shard_process(shard, &op, 1, 7);
		}
		struct swarm_ref ref = shard_swarm(shard, 0, shard_families[f]);

		assert_int_equal(swarm_peers(&ref.home->swarm), count);
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
	shard_sweep_all(shard, 10000, 7 + TIMEOUT_S + 1);
	assert_int_equal(shard->store.records.used, 0);
	assert_int_equal(slab_lines_used(&shard->store.slab), 0);
	shard_free(shard);
}

// A peer that announces and stops within a burst frees its record. Its details must not be written there,
// because the record is in the free list by then, or another peer's.
static void
test_records_of_a_short_visit(void **state)
{
	struct shard *shard = make_shard_with(10, 200, true);
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

	assert_int_equal(swarm_peers(&ref.home->swarm), 20);
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

// The same for many peers: the free list stays intact, so all records can be used again.
static void
test_record_of_a_peer_that_left_in_its_burst(void **state)
{
	struct shard *shard = make_shard_with(10, 20, true);
	struct shard_op ops[30];

	(void)state;
	for (unsigned round = 0; round < 3; round++) {
		for (unsigned i = 0; i < RTE_DIM(ops); i++) {
			ops[i] = announce_op(
				shard_families[round % 2], 1, i / 3, i % 3 == 2 ? STOP : LEECH
			);
			ops[i].detail = detail_of(UINT32_C(0x41414141));
			ops[i].peers = shard_replies[i];
		}
		shard_process(shard, ops, RTE_DIM(ops), 1);
		assert_int_equal(shard_peers(shard), 0);
	}
	for (uint32_t peer = 0; peer < 20; peer++) // all records are there
		assert_int_equal(
			announce(shard, FAMILY_IPV6, 1, peer, LEECH, 1).outcome, SHARD_DONE
		);
	shard_free(shard);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_records),
		cmocka_unit_test(test_records_of_a_short_visit),
		cmocka_unit_test(test_record_of_a_peer_that_left_in_its_burst),
	};

	test_eal_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
