// SPDX-License-Identifier: BSD-3-Clause
// lib/swarm/swarm.h, and refresh_fast_inline.h in front of it, compared with a naive swarm.

#include "../../lib/swarm/refresh_fast_inline.h"
#include "../support/cmocka_wrap.h"
#include "../support/swarm_request.h"

#include <rte_common.h>

#include <string.h>

enum { BURST = 32 };

static struct swarm_request
random_request(struct swarm_fixture *fixture, unsigned percent_staying, uint32_t now)
{
	struct rng *rng = &fixture->rng;
	struct swarm_request request = swarm_request(
		&fixture->members[rng_below(rng, fixture->sizes.swarms)],
		rng_below(rng, fixture->sizes.numbers),
		rng_below(rng, 3) == 0,
		(uint16_t)rng_below(rng, 80),
		now
	);

	request.stopped = rng_below(rng, 100) >= percent_staying;
	if (request.num_want > 70)
		request.num_want = request.num_want % 2 ? SWARM_NUM_WANT_MAX : 0;
	return request;
}

// As in the shard, all plans of a burst are made before its first announce is carried out.
static void
random_burst(struct swarm_fixture *fixture, unsigned percent_staying, uint32_t now)
{
	struct swarm_request requests[BURST];
	unsigned count = 1 + rng_below(&fixture->rng, BURST);

	for (unsigned i = 0; i < count; i++) {
		requests[i] = random_request(fixture, percent_staying, now);
		swarm_request_plan(&requests[i]);
	}
	for (unsigned i = 0; i < count; i++) {
		struct swarm_request *request = &requests[i];

		swarm_plan_runs(
			&request->member->ref, request->seeder, request->num_want, &request->plan
		);
		swarm_plan_peer(&request->member->ref, &request->plan);
	}
	for (unsigned i = 0; i < count; i++) {
		const struct naive_swarm *naive = &requests[i].member->naive;
		const struct naive_peer *peer = naive_swarm_find(naive, requests[i].address);

		if (!swarm_request_refresh_fast(&requests[i], peer))
			assert_false(swarm_request_check(&requests[i]).full);
	}
}

static void
test_random_against_model(void **state)
{
	static const struct {
		uint32_t numbers; // a swarm never has more peers
		unsigned swarms;
		unsigned bursts;
		unsigned phase; // bursts while swarms grow, and then while they shrink
	} rows[] = {
		{7, 2, 400, 4}, // in the home, and just outside
		{24, 4, 600, 8}, // a line, two, three
		{90, 4, 600, 20}, // into the index and out of it
		{200, 6, 600, 60}, // lines to chunks
		{2600, 2, 2400, 600}, // chunks to nodes above them
	};
	struct swarm_fixture fixture;

	(void)state;
	for (unsigned r = 0; r < 2 * RTE_DIM(rows); r++) {
		bool detail = r % 2 == 1;

		struct swarm_sizes sizes = swarm_sizes_ample(
			FAMILY_IPV4, detail, rows[r / 2].swarms, rows[r / 2].numbers
		);

		swarm_fixture_open(&fixture, &sizes);
		for (unsigned b = 0; b < rows[r / 2].bursts; b++) {
			bool grow = b / rows[r / 2].phase % 2 == 0;

			random_burst(&fixture, grow ? 90 : 12, 1 + b);
			if (b % (rows[r / 2].phase / 4) == 0)
				assert_swarm_store(&fixture);
		}
		assert_swarm_store(&fixture);
		swarm_fixture_empty(&fixture);
		assert_swarms_empty(&fixture);
		swarm_fixture_close(&fixture);
	}
}

// Every size up to beyond all thresholds, filled and emptied, from both ends.
static void
test_every_size(void **state)
{
	enum { SIZE_MAX_TESTED = 140 };
	struct swarm_fixture fixture;

	(void)state;
	for (unsigned row = 0; row < 4; row++) {
		struct swarm_sizes sizes = swarm_sizes_ample(
			swarm_families[row / 2], row % 2 == 1, 1, SIZE_MAX_TESTED
		);

		swarm_fixture_open(&fixture, &sizes);
		for (uint32_t size = 1; size <= SIZE_MAX_TESTED; size++) {
			for (uint32_t n = 0; n < size; n++)
				swarm_announce_one(fixture.members, n, n % 3 == 1, 5, size);
			assert_swarm_store(&fixture);
			for (uint32_t n = 0; n < size; n++) {
				swarm_stop_one(fixture.members, size % 2 == 0 ? n : size - 1 - n);
				assert_int_equal(
					slab_lines_used(&fixture.store.slab),
					swarm_member_lines(fixture.members)
				);
			}
			assert_swarm_store(&fixture);
			assert_swarms_empty(&fixture);
		}
		swarm_fixture_close(&fixture);
	}
}

// Each bit distinguishes addresses, in small swarms and in indexed ones.
static void
test_every_bit_of_an_address(void **state)
{
	struct swarm_fixture fixture;

	(void)state;
	for (unsigned row = 0; row < 4; row++) {
		struct swarm_sizes sizes =
			swarm_sizes_ample(swarm_families[row / 2], row % 2 == 1, 1, 150);
		struct swarm_member *member;

		swarm_fixture_open(&fixture, &sizes);
		member = fixture.members;
		for (unsigned round = 0; round < 2; round++)
			for (unsigned bit = 0; bit < member->naive.stride * 8; bit++) {
				struct swarm_request request =
					swarm_request(member, bit, false, 0, 1);

				memset(request.address, 0x5a, sizeof(request.address));
				request.address[bit / 8] ^= (uint8_t)(1u << bit % 8);
				swarm_request_prepare(&request);
				assert_int_equal(swarm_request_check(&request).added, round == 0);
			}
		assert_int_equal(swarm_peers(&member->home->swarm), member->naive.stride * 8);
		swarm_fixture_close(&fixture);
	}
}

// The same addresses in many swarms are different peers.
static void
test_same_addresses_in_many_swarms(void **state)
{
	enum { SWARMS = 40, PEERS = 70 };
	struct swarm_fixture fixture;

	(void)state;
	for (unsigned f = 0; f < RTE_DIM(swarm_families); f++) {
		struct swarm_sizes sizes =
			swarm_sizes_ample(swarm_families[f], f == 0, SWARMS, PEERS);

		swarm_fixture_open(&fixture, &sizes);
		for (unsigned round = 0; round < 2; round++)
			for (uint32_t n = 0; n < PEERS; n++)
				for (unsigned m = 0; m < SWARMS; m++)
					swarm_announce_one(
						&fixture.members[m], n, (n + m) % 2, 50, 1 + round
					);
		assert_swarm_store(&fixture);
		for (uint32_t n = 0; n < PEERS; n++) // the other swarms keep their peers
			for (unsigned m = 0; m < SWARMS; m += 2)
				assert_true(swarm_stop_one(&fixture.members[m], n).removed);
		assert_swarm_store(&fixture);
		swarm_fixture_empty(&fixture);
		assert_swarms_empty(&fixture);
		swarm_fixture_close(&fixture);
	}
}

// A swarm inside its torrent: each peer announces again, as leecher and as seeder, and wants any number of
// peers.
static void
refresh_each(struct swarm_fixture *fixture, uint32_t leechers, uint32_t seeders)
{
	struct swarm_member *member = fixture->members;

	for (uint32_t n = 0; n < leechers + seeders; n++)
		swarm_announce_one(member, n, n >= leechers, 0, 1);
	for (uint32_t n = 0; n <= leechers + seeders; n++) // the last one is not in the swarm
		for (uint16_t want = 0; want <= leechers + seeders; want++)
			for (unsigned other = 0; other < 2; other++) {
				bool seeder = (n >= leechers) != other;
				struct swarm_request request =
					swarm_request(member, n, seeder, want, 2 + want);

				swarm_request_refresh_fast(
					&request, naive_swarm_find(&member->naive, request.address)
				);
				assert_swarm_store(fixture);
			}
	swarm_fixture_empty(fixture);
}

static void
test_refresh_inside(void **state)
{
	struct swarm_fixture fixture;

	(void)state;
	for (unsigned detail = 0; detail < 2; detail++) {
		uint32_t max = detail ? shape_ipv4_detail.inside : shape_ipv4_plain.inside;
		struct swarm_sizes sizes = swarm_sizes_ample(FAMILY_IPV4, detail, 1, 8);

		swarm_fixture_open(&fixture, &sizes);
		for (uint32_t peers = 0; peers <= max; peers++)
			for (uint32_t leechers = 0; leechers <= peers; leechers++)
				refresh_each(&fixture, leechers, peers - leechers);
		assert_swarms_empty(&fixture);
		swarm_fixture_close(&fixture);
	}
}

// Peers that are in more swarms than the index probes entries for one hash: they do not collide.
static void
test_peers_in_very_many_swarms(void **state)
{
	enum { PEERS = SWARM_INDEXED_FROM + 1, SWARMS = 1100 };
	struct swarm_sizes sizes = swarm_sizes_ample(FAMILY_IPV4, false, 2 * SWARMS, PEERS);
	struct swarm_fixture fixture;

	(void)state;
	assert_true(SWARMS > PEER_INDEX_PROBES_MAX * PEER_INDEX_ENTRIES);
	sizes.buckets = peer_index_buckets(SWARMS * PEERS);
	swarm_fixture_open(&fixture, &sizes);
	for (unsigned m = 0; m < 2 * SWARMS; m += 2) // these are IPv4
		for (uint32_t n = 0; n < PEERS; n++) {
			struct swarm_request request =
				swarm_request(&fixture.members[m], n, false, 0, 1);

			swarm_request_prepare(&request);
			assert_true(swarm_request_process(&request).added);
		}
	assert_int_equal(swarm_index_entries(&fixture.store), SWARMS * PEERS);
	swarm_fixture_close(&fixture);
}

static void
test_finished_once(void **state)
{
	static const struct {
		bool seeder;
		bool finished;
	} rows[] = {
		{false, false},
		{true, true}, // the only time
		{true, false},
		{false, false}, // a leecher again, after a recheck
		{true, false},
	};
	static const uint32_t others[] = {0, 3, 20, 100};
	struct swarm_fixture fixture;

	(void)state;
	for (unsigned o = 0; o < 4 * RTE_DIM(others); o++) {
		struct swarm_sizes sizes =
			swarm_sizes_ample(swarm_families[o % 2], o / 2 % 2 == 0, 1, 200);

		swarm_fixture_open(&fixture, &sizes);
		for (uint32_t n = 0; n < others[o / 4]; n++)
			swarm_announce_one(fixture.members, n, n % 2 == 0, 0, 1);
		for (unsigned r = 0; r < RTE_DIM(rows); r++)
			assert_int_equal(
				swarm_announce_one(fixture.members, 150, rows[r].seeder, 50, 2)
					.finished,
				rows[r].finished
			);
		for (unsigned r = 0; r < RTE_DIM(rows); r++) // arrived complete
			assert_false(
				swarm_announce_one(fixture.members, 160, !rows[r].seeder, 50, 2)
					.finished
			);
		assert_int_equal(fixture.members->home->swarm.completed, 1);
		assert_swarm_store(&fixture);
		swarm_stop_one(fixture.members, 150); // a peer that returns is a new one
		swarm_announce_one(fixture.members, 150, false, 50, 3);
		assert_true(swarm_announce_one(fixture.members, 150, true, 50, 3).finished);
		swarm_fixture_close(&fixture);
	}
}

static void
test_time_of_15_bits(void **state)
{
	static const uint32_t times[] = {0, 1, 0x3fff, 0x4000, 0x7fff, 0x8000, 0xffff, 0x12345};
	struct swarm_fixture fixture;

	(void)state;
	for (unsigned f = 0; f < RTE_DIM(swarm_families); f++) {
		struct swarm_sizes sizes = swarm_sizes_ample(swarm_families[f], false, 1, 10);

		swarm_fixture_open(&fixture, &sizes);
		for (unsigned t = 0; t < RTE_DIM(times); t++) {
			swarm_announce_one(fixture.members, 1, false, 0, times[t]);
			swarm_announce_one(fixture.members, 2, true, 0, times[t]);
			assert_swarm_store(&fixture);
		}
		swarm_fixture_close(&fixture);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_random_against_model),
		cmocka_unit_test(test_every_size),
		cmocka_unit_test(test_every_bit_of_an_address),
		cmocka_unit_test(test_same_addresses_in_many_swarms),
		cmocka_unit_test(test_refresh_inside),
		cmocka_unit_test(test_peers_in_very_many_swarms),
		cmocka_unit_test(test_finished_once),
		cmocka_unit_test(test_time_of_15_bits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
