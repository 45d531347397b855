// SPDX-License-Identifier: BSD-3-Clause
// lib/swarm/swarm.h: which peers a client gets, by counting, and what that costs.

#include "../support/chi_square.h"
#include "../support/cmocka_wrap.h"
#include "../support/swarm_request.h"

#include <rte_common.h>
#include <rte_cycles.h>

#include <stdlib.h>
#include <string.h>

enum {
	LARGE = 100000,
	GROUPS = 100, // of a large swarm
	LARGE_DRAWS = 20000,
	DRAWS_A_CELL = 15,
	TIMED = 2001,
};

// A swarm of peers [0, size), the first of them seeders, and the client that announces.
struct draw {
	struct swarm_fixture *fixture;
	uint32_t size;
	uint32_t seeders;
	struct swarm_request request; // of a peer, or of a client that may not be added
	uint32_t *counts; // of the one peer chosen from each reply
	uint32_t *totals; // of all peers in replies
	uint32_t *stamps; // draw in which a peer was met last
	uint32_t draws;
};

static void
open_draw(struct draw *draw, struct swarm_fixture *fixture, uint32_t size, uint32_t seeders)
{
	struct swarm_member *member = fixture->members;

	*draw = (struct draw){.fixture = fixture, .size = size, .seeders = seeders};
	draw->counts = calloc(size, sizeof(uint32_t));
	draw->totals = calloc(size, sizeof(uint32_t));
	draw->stamps = calloc(size, sizeof(uint32_t));
	assert_true(draw->counts != NULL && draw->totals != NULL && draw->stamps != NULL);
	for (uint32_t n = 0; n < size; n++) {
		struct swarm_request request = swarm_request(member, n, n < seeders, 0, 1);

		swarm_request_prepare(&request);
		assert_true(swarm_request_process(&request).added);
	}
}

static void
close_draw(struct draw *draw)
{
	free(draw->counts);
	free(draw->totals);
	free(draw->stamps);
}

// Sets the client and its num_want, and clears all counts.
static void
set_client(struct draw *draw, uint32_t n, bool seeder, uint16_t num_want)
{
	draw->request = swarm_request(draw->fixture->members, n, seeder, num_want, 1);
	draw->request.may_add = false;
	draw->draws = 0;
	memset(draw->counts, 0, draw->size * sizeof(uint32_t));
	memset(draw->totals, 0, draw->size * sizeof(uint32_t));
	memset(draw->stamps, 0, draw->size * sizeof(uint32_t));
}

static bool
is_candidate(const struct draw *draw, uint32_t n)
{
	return n < draw->size && n != draw->request.n
		&& !(draw->request.seeder && n < draw->seeders);
}

static uint32_t
candidates_of(const struct draw *draw)
{
	uint32_t candidates = 0;

	for (uint32_t n = 0; n < draw->size; n++)
		candidates += is_candidate(draw, n);
	return candidates;
}

// One announce. Its peers are different candidates. One of them at random is counted, because peers of one
// reply are not independent.
static void
draw_once(struct draw *draw, uint32_t candidates)
{
	unsigned stride = draw->fixture->members->naive.stride;

	draw->draws++;
	swarm_request_prepare(&draw->request);
	uint16_t count = swarm_request_process(&draw->request).peer_count;

	assert_int_equal(count, RTE_MIN(candidates, (uint32_t)draw->request.num_want));
	for (uint16_t i = 0; i < count; i++) {
		uint32_t n = swarm_address_number(swarm_reply + i * stride, stride);

		assert_true(is_candidate(draw, n));
		assert_int_not_equal(draw->stamps[n], draw->draws);
		draw->stamps[n] = draw->draws;
		draw->totals[n]++;
	}
	if (count > 0)
		draw->counts[swarm_address_number(
			swarm_reply + rng_below(&draw->fixture->rng, count) * stride, stride
		)]++;
}

// All candidates are selected equally often.
static void
check_even(struct draw *draw)
{
	uint32_t candidates = candidates_of(draw);
	uint32_t cells = 0;

	for (uint32_t i = 0; i < RTE_MAX(candidates * DRAWS_A_CELL, 100u); i++)
		draw_once(draw, candidates);
	for (uint32_t n = 0; n < draw->size; n++)
		if (is_candidate(draw, n))
			draw->counts[cells++] = draw->counts[n];
	if (!chi_square_even(draw->counts, cells))
		fail_msg(
			"%u of %u: chi square %f",
			draw->request.num_want,
			cells,
			chi_square(draw->counts, cells)
		);
}

// Announces of the first and the last leecher and seeder, and of clients that are not in the swarm.
static void
check_all_clients(struct draw *draw, uint16_t num_want)
{
	const uint32_t clients[] = {0, draw->seeders - 1, draw->seeders, draw->size - 1};

	for (unsigned i = 0; i < RTE_DIM(clients); i++)
		if (clients[i] < draw->size) {
			set_client(draw, clients[i], clients[i] < draw->seeders, num_want);
			check_even(draw);
		}
	for (unsigned seeder = 0; seeder < 2; seeder++) {
		set_client(draw, draw->size + 1, seeder, num_want);
		check_even(draw);
	}
}

static const struct {
	enum family family;
	uint16_t num_want;
} wants[] = {
	{FAMILY_IPV4, 1},
	{FAMILY_IPV4, 30},
	{FAMILY_IPV4, 50},
	{FAMILY_IPV4, 200},
	{FAMILY_IPV6, 1},
	{FAMILY_IPV6, 66},
};

static void
test_choice_is_even(void **state)
{
	static const uint32_t counts[] = {1, 2, 7, 31, 50, 51, 100, 1000};

	(void)state;
	for (unsigned s = 0; s < RTE_DIM(counts); s++)
		for (unsigned w = 0; w < RTE_DIM(wants); w++) {
			struct swarm_sizes sizes =
				swarm_sizes_ample(wants[w].family, w % 2 == 0, 1, counts[s]);
			struct swarm_fixture fixture;
			struct draw draw;

			swarm_fixture_open(&fixture, &sizes);
			open_draw(&draw, &fixture, counts[s], counts[s] / 3);
			check_all_clients(&draw, wants[w].num_want);
			close_draw(&draw);
			swarm_fixture_close(&fixture);
		}
}

// Any num_want in a swarm of 51 peers, a few more than most replies hold.
static void
test_choice_is_even_for_any_want(void **state)
{
	(void)state;
	for (unsigned f = 0; f < RTE_DIM(swarm_families); f++) {
		struct swarm_sizes sizes = swarm_sizes_ample(swarm_families[f], f == 0, 1, 51);
		struct swarm_fixture fixture;
		struct draw draw;

		swarm_fixture_open(&fixture, &sizes);
		open_draw(&draw, &fixture, 51, 9);
		for (uint16_t want = 1; want <= 52; want++) {
			set_client(&draw, want % 51, want % 51 < 9, want);
			check_even(&draw);
		}
		close_draw(&draw);
		swarm_fixture_close(&fixture);
	}
}

// Too many peers for a cell each: groups of neighbours are selected equally often, and the counts of
// single peers have the variance of a random choice.
static void
check_even_in_large(struct draw *draw)
{
	uint32_t groups[GROUPS] = {0};
	double mean = (double)LARGE_DRAWS * draw->request.num_want / LARGE;
	double scatter = 0;

	for (unsigned i = 0; i < LARGE_DRAWS; i++)
		draw_once(draw, LARGE - 1);
	for (uint32_t n = 0; n < LARGE; n++) {
		double off = draw->totals[n] - mean;

		groups[n / (LARGE / GROUPS)] += draw->counts[n];
		scatter += off * off / mean / LARGE;
		if (off > 8 * sqrt(mean) + 5)
			fail_msg("peer %u: %u times, %f expected", n, draw->totals[n], mean);
	}
	if (!chi_square_even(groups, GROUPS))
		fail_msg("chi square %f", chi_square(groups, GROUPS));
	if (scatter < 0.9 || scatter > 1.1)
		fail_msg("%u wanted: scatter %f", draw->request.num_want, scatter);
}

static void
test_choice_is_even_in_large_swarm(void **state)
{
	(void)state;
	for (unsigned f = 0; f < RTE_DIM(swarm_families); f++) {
		struct swarm_sizes sizes = swarm_sizes_ample(swarm_families[f], false, 1, LARGE);
		struct swarm_fixture fixture;
		struct draw draw;

		swarm_fixture_open(&fixture, &sizes);
		open_draw(&draw, &fixture, LARGE, 0);
		for (unsigned w = 0; w < RTE_DIM(wants); w++)
			if (wants[w].family == swarm_families[f] && wants[w].num_want > 1) {
				set_client(&draw, 12345, false, wants[w].num_want);
				check_even_in_large(&draw);
			}
		close_draw(&draw);
		swarm_fixture_close(&fixture);
	}
}

static int
compare_cycles(const void *one, const void *other)
{
	uint64_t a = *(const uint64_t *)one;
	uint64_t b = *(const uint64_t *)other;

	return (a > b) - (a < b);
}

// Median of the cycles of an announce by a random peer with num_want 50.
static uint64_t
median_cycles(struct swarm_fixture *fixture)
{
	static uint64_t cycles[TIMED];

	for (unsigned i = 0; i < TIMED; i++) {
		struct swarm_request request = swarm_request(
			fixture->members,
			rng_below(&fixture->rng, fixture->sizes.numbers),
			false,
			50,
			1
		);
		struct swarm_announce announce = {
			.address = request.address,
			.plan = &request.plan,
			.out = swarm_reply,
			.num_want = 50};
		uint64_t start = rte_rdtsc();

		swarm_request_prepare(&request);
		swarm_announce(&request.member->ref, &announce);
		cycles[i] = rte_rdtsc() - start;
		assert_int_equal(announce.peer_count, 50);
	}
	qsort(cycles, TIMED, sizeof(cycles[0]), compare_cycles);
	return cycles[TIMED / 2];
}

static void
open_timed(struct swarm_fixture *fixture, enum family family, uint32_t peers)
{
	struct swarm_sizes sizes = swarm_sizes_ample(family, false, 1, peers);
	struct draw draw;

	swarm_fixture_open(fixture, &sizes);
	open_draw(&draw, fixture, peers, 0);
	close_draw(&draw);
}

// A hundred times the peers may cost more cache misses, but not a hundred times the work. The bound is wide
// and there are several attempts, because other processes run, too.
static void
test_cost_does_not_grow_with_the_swarm(void **state)
{
	(void)state;
	for (unsigned f = 0; f < RTE_DIM(swarm_families); f++) {
		struct swarm_fixture small, large;
		double ratio = 0;

		open_timed(&small, swarm_families[f], 1000);
		open_timed(&large, swarm_families[f], LARGE);
		for (unsigned attempt = 0; attempt < 8; attempt++) {
			double before = (double)median_cycles(&small);

			ratio = (double)median_cycles(&large) / before;
			if (ratio < 4)
				break;
		}
		if (ratio >= 4)
			fail_msg("%f times the cycles", ratio);
		swarm_fixture_close(&small);
		swarm_fixture_close(&large);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_choice_is_even),
		cmocka_unit_test(test_choice_is_even_for_any_want),
		cmocka_unit_test(test_choice_is_even_in_large_swarm),
		cmocka_unit_test(test_cost_does_not_grow_with_the_swarm),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
