// SPDX-License-Identifier: BSD-3-Clause
// lib/swarm/swarm.h: peers that time out are removed, the others stay.

#include "../support/cmocka_wrap.h"
#include "../support/swarm_request.h"

#include <rte_common.h>

// Sweeps the swarm once, in pieces. Every peer is visited once.
static void
sweep_once(struct swarm_member *member, unsigned budget, uint32_t now, uint16_t timeout)
{
	unsigned before = member->naive.count;
	unsigned expired = naive_swarm_expire(&member->naive, now, timeout);
	unsigned looked = 0;
	uint32_t removed = 0;

	for (uint32_t peer = 0; peer < swarm_peers(&member->home->swarm);) {
		unsigned piece = swarm_sweep(
			&member->ref, &peer, budget, now & SWARM_TIME_MAX, timeout, &removed
		);

		assert_in_range(piece, 1, budget);
		looked += piece;
	}
	assert_int_equal(looked, before);
	assert_int_equal(removed, expired);
}

// Peers of five ages, each of which expires in exactly its second.
static void
test_sweep(void **state)
{
	static const uint32_t peers[] = {1, 5, 6, 7, 33, 65, 300};
	static const unsigned budgets[] = {1, 2, 7, 64, 100000};
	static const struct {
		uint32_t start;
		uint16_t timeout;
	} times[] = {
		{0, 0},
		{100, 50},
		{32768 - 10, 8}, // the clock of 15 bits starts again at 0
		{32768 - 20, 100},
		{65536 - 5, 8192},
		{1000000, 16384},
	};
	struct swarm_fixture fixture;

	(void)state;
	for (unsigned r = 0; r < 4 * RTE_DIM(peers) * RTE_DIM(times); r++) {
		const uint32_t start = times[r / 4 % RTE_DIM(times)].start;
		const uint16_t timeout = times[r / 4 % RTE_DIM(times)].timeout;
		const uint32_t count = peers[r / 4 / RTE_DIM(times)];
		const unsigned budget = budgets[r % RTE_DIM(budgets)];
		struct swarm_sizes sizes =
			swarm_sizes_ample(swarm_families[r % 2], r / 2 % 2 == 0, 1, 300);

		swarm_fixture_open(&fixture, &sizes);
		for (uint32_t n = 0; n < count; n++)
			swarm_announce_one(
				fixture.members, n, n % 3 == 0, 0, start + n * 7 % 5 * 3
			);
		for (uint32_t late = 0; late < 14; late++) {
			sweep_once(fixture.members, budget, start + 12 + late, timeout);
			assert_swarm_store(&fixture);
			if (timeout >= 12 && late == 0)
				assert_int_equal(fixture.members->naive.count, count);
		}
		sweep_once(fixture.members, budget, start + 13 + timeout, timeout);
		assert_swarms_empty(&fixture);
		swarm_fixture_close(&fixture);
	}
}

static void
test_sweep_of_no_budget(void **state)
{
	struct swarm_fixture fixture;
	struct swarm_sizes sizes = swarm_sizes_ample(FAMILY_IPV4, false, 1, 10);
	uint32_t peer = 0;
	uint32_t removed = 3;

	(void)state;
	swarm_fixture_open(&fixture, &sizes);
	assert_int_equal(swarm_sweep(&fixture.members->ref, &peer, 9, 1, 1, &removed), 0);
	swarm_announce_one(fixture.members, 1, false, 0, 1);
	assert_int_equal(swarm_sweep(&fixture.members->ref, &peer, 0, 1000, 1, &removed), 0);
	peer = 1; // the end
	assert_int_equal(swarm_sweep(&fixture.members->ref, &peer, 9, 1000, 1, &removed), 0);
	assert_int_equal(removed, 3);
	assert_swarm_store(&fixture);
	swarm_fixture_close(&fixture);
}

// Peers whose number is below `first`.
static uint32_t
count_old(const struct swarm_member *member, uint32_t first)
{
	uint32_t old = 0;

	for (uint32_t i = 0; i < swarm_peers(&member->home->swarm); i++) {
		uint16_t time;
		const struct swarm_record *record;
		const uint8_t *address = swarm_peer(&member->ref, i, &time, &record);

		old += swarm_address_number(address, member->naive.stride) < first;
	}
	return old;
}

// Announces and stops of the young during a sweep.
static void
sweep_among_announces(
	struct swarm_fixture *fixture,
	uint32_t old,
	uint32_t young,
	uint32_t *removed
)
{
	struct swarm_member *member = fixture->members;
	uint32_t peer = 0;

	for (unsigned step = 0; step < 3000; step++) {
		struct swarm_request request = swarm_request(
			member,
			old + rng_below(&fixture->rng, young),
			rng_below(&fixture->rng, 2),
			9,
			200
		);

		request.stopped = rng_below(&fixture->rng, 3) == 0;
		swarm_request_prepare(&request);
		swarm_request_process(&request);
		swarm_sweep(&member->ref, &peer, 2, 200, 100, removed);
		if (peer >= swarm_peers(&member->home->swarm))
			peer = 0;
	}
}

// Peers that change places may escape one round of the sweep, but not all; and no peer expires too
// early.
static void
test_sweep_among_announces(void **state)
{
	enum { OLD = 400, YOUNG = 400 };
	struct swarm_fixture fixture;

	(void)state;
	for (unsigned row = 0; row < 4; row++) {
		struct swarm_sizes sizes =
			swarm_sizes_ample(swarm_families[row / 2], row % 2 == 1, 1, OLD + YOUNG);
		uint32_t removed = 0;
		uint32_t peer = 0;

		swarm_fixture_open(&fixture, &sizes);
		for (uint32_t n = 0; n < OLD; n++)
			swarm_announce_one(fixture.members, n, n % 2 == 0, 0, 10);
		sweep_among_announces(&fixture, OLD, YOUNG, &removed);
		assert_int_equal(removed, OLD);
		assert_int_equal(count_old(fixture.members, OLD), 0);
		assert_true(swarm_peers(&fixture.members->home->swarm) > YOUNG / 4);

		// And none of the young is removed until they are old.
		swarm_sweep(&fixture.members->ref, &peer, 10000, 300, 100, &removed);
		assert_int_equal(removed, OLD);
		peer = 0;
		swarm_sweep(&fixture.members->ref, &peer, 10000, 301, 100, &removed);
		assert_swarms_empty(&fixture);
		swarm_fixture_close(&fixture);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sweep),
		cmocka_unit_test(test_sweep_of_no_budget),
		cmocka_unit_test(test_sweep_among_announces),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
