// SPDX-License-Identifier: BSD-3-Clause
// lib/swarm/swarm.h: against a naive swarm, and the choice of peers by counting.

#include "../../lib/swarm/swarm.h"
#include "../support/chi_square.h"
#include "../support/cmocka_wrap.h"
#include "../support/naive_swarm.h"

#include <rte_common.h>

#include <stdlib.h>
#include <string.h>

enum {
	ARENA_UNITS = 4096,
	ADDRESSES = 300, // more than the swarm has at once
	STEPS = 60000,
	PEERS_MAX = 1000,
	REPLY_BYTES = 1200,
	DRAWS_A_CELL = 15,
};

static const enum family families[] = {FAMILY_IPV4, FAMILY_IPV6};

// A swarm, its model, and the memory below.
struct fixture {
	enum family family;
	struct arena arena;
	void *memory;
	struct swarm swarm;
	struct naive_swarm naive;
	struct rng rng;
};

static void
open_fixture(struct fixture *fixture, enum family family, uint32_t units)
{
	size_t bytes = RTE_ALIGN(arena_memory_bytes(units), (size_t)64);

	*fixture = (struct fixture){.family = family, .rng = {units + family}};
	fixture->memory = aligned_alloc(64, bytes);
	assert_non_null(fixture->memory);
	memset(fixture->memory, 0, bytes);
	arena_init(&fixture->arena, fixture->memory, units);
	naive_swarm_init(&fixture->naive, swarm_stride(family));
}

static void
close_fixture(struct fixture *fixture)
{
	naive_swarm_free(&fixture->naive);
	free(fixture->memory);
}

// Address number n: every byte of it differs from its neighbours', the first ones least.
static void
write_address(uint8_t *address, unsigned n)
{
	for (unsigned i = 0; i < 18; i++)
		address[i] = (uint8_t)(n >> (i % 2 == 0 ? 0 : 8)) ^ (uint8_t)(17 * i);
}

static uint32_t
find(const struct fixture *fixture, const uint8_t *address)
{
	return swarm_find(&fixture->swarm, &fixture->arena, fixture->family, address);
}

static uint32_t
add(struct fixture *fixture, unsigned n, bool seeder, uint32_t now_s)
{
	uint8_t address[18];

	write_address(address, n);
	return swarm_add(&fixture->swarm, &fixture->arena, fixture->family, address, seeder, now_s);
}

// The swarm alone, without its model: peers [0, seeders) seed.
static void
fill(struct fixture *fixture, unsigned seeders, unsigned leechers)
{
	for (unsigned n = 0; n < seeders + leechers; n++)
		assert_int_not_equal(add(fixture, n, n < seeders, 1), SWARM_NO_PEER);
}

static void
remove_all(struct fixture *fixture)
{
	while (swarm_peers(&fixture->swarm) > 0)
		swarm_remove(
			&fixture->swarm,
			&fixture->arena,
			fixture->family,
			rng_below(&fixture->rng, swarm_peers(&fixture->swarm))
		);
}

// Adds the peer, or tells the swarm that it was heard of.
static void
put(struct fixture *fixture, const uint8_t *address, bool seeder, uint32_t now_s)
{
	bool known = naive_swarm_find(&fixture->naive, address) != NULL;
	bool expected = naive_swarm_put(&fixture->naive, address, seeder, now_s);
	uint32_t i = find(fixture, address);
	bool finished = false;

	assert_int_equal(i != SWARM_NO_PEER, known);
	if (known)
		i = swarm_touch(
			&fixture->swarm,
			&fixture->arena,
			fixture->family,
			i,
			seeder,
			now_s,
			&finished
		);
	else
		i = swarm_add(
			&fixture->swarm, &fixture->arena, fixture->family, address, seeder, now_s
		);
	assert_int_equal(find(fixture, address), i);
	assert_int_equal(finished, expected);
}

static void
take_out(struct fixture *fixture, const uint8_t *address)
{
	uint32_t i = find(fixture, address);

	assert_int_equal(i != SWARM_NO_PEER, naive_swarm_remove(&fixture->naive, address));
	if (i != SWARM_NO_PEER)
		swarm_remove(&fixture->swarm, &fixture->arena, fixture->family, i);
	assert_int_equal(find(fixture, address), SWARM_NO_PEER);
}

// Everybody the model has is where he belongs: seeders in front, no place taken twice.
static void
assert_same(const struct fixture *fixture)
{
	const struct naive_swarm *naive = &fixture->naive;
	const struct swarm *swarm = &fixture->swarm;
	bool taken[ADDRESSES] = {false};

	assert_int_equal(swarm->seeders, naive_swarm_seeders(naive));
	assert_int_equal(swarm->leechers, naive_swarm_leechers(naive));
	for (unsigned p = 0; p < naive->count; p++) {
		uint32_t i = find(fixture, naive->peers[p].address);

		assert_true(i < swarm_peers(swarm));
		assert_false(taken[i]);
		taken[i] = true;
		assert_int_equal(i < swarm->seeders, naive->peers[p].seeder);
		assert_int_equal(
			swarm_seen_s(swarm, &fixture->arena, fixture->family, i),
			naive->peers[p].seen_s
		);
	}
}

static void
check_choice(struct fixture *fixture, const uint8_t *asker, bool leechers_only, uint16_t want)
{
	uint8_t out[ADDRESSES * 18];
	uint16_t count = swarm_select(
		&fixture->swarm,
		&fixture->arena,
		fixture->family,
		find(fixture, asker),
		leechers_only,
		want,
		&fixture->rng,
		out
	);
	const char *wrong =
		naive_swarm_judge(&fixture->naive, asker, leechers_only, want, out, count);

	if (wrong != NULL)
		fail_msg("%s: %u wanted, %u found", wrong, want, count);
}

// Growing and shrinking in turn, so that blocks are doubled and halved many times.
static void
random_walk(struct fixture *fixture)
{
	struct rng *rng = &fixture->rng;
	uint8_t address[18];

	for (unsigned step = 0; step < STEPS; step++) {
		unsigned grow = step % 6000 < 3000 ? 80 : 20;

		write_address(address, rng_below(rng, ADDRESSES));
		if (rng_below(rng, 100) < grow)
			put(fixture, address, rng_below(rng, 3) == 0, 1 + step);
		else
			take_out(fixture, address);
		if (step % 8 == 0)
			check_choice(
				fixture,
				address,
				rng_below(rng, 2) == 0,
				(uint16_t)rng_below(rng, 60)
			);
		if (step % 128 == 0)
			assert_same(fixture);
	}
}

static void
test_random_against_model(void **state)
{
	(void)state;
	for (unsigned f = 0; f < RTE_DIM(families); f++) {
		struct fixture fixture;

		open_fixture(&fixture, families[f], ARENA_UNITS);
		random_walk(&fixture);
		assert_same(&fixture);
		remove_all(&fixture);
		assert_int_equal(fixture.arena.free_units, ARENA_UNITS);
		close_fixture(&fixture);
	}
}

static void
test_finished_once(void **state)
{
	static const struct {
		bool seeder;
		bool finished;
	} rows[] = {
		{false, false},
		{true, true}, // the one time
		{true, false},
		{false, false}, // back to leeching: a recheck
		{true, false},
	};
	struct fixture fixture;
	bool finished;

	(void)state;
	open_fixture(&fixture, FAMILY_IPV4, 16);
	fill(&fixture, 2, 2);
	uint32_t i = add(&fixture, 10, false, 1);

	for (unsigned r = 0; r < RTE_DIM(rows); r++) {
		i = swarm_touch(
			&fixture.swarm, &fixture.arena, FAMILY_IPV4, i, rows[r].seeder, 2, &finished
		);
		assert_int_equal(finished, rows[r].finished);
		assert_int_equal(i < fixture.swarm.seeders, rows[r].seeder);
	}
	close_fixture(&fixture);
}

// Who arrives complete has finished elsewhere.
static void
test_arriving_seeder_never_finishes(void **state)
{
	struct fixture fixture;
	bool finished;

	(void)state;
	open_fixture(&fixture, FAMILY_IPV6, 16);
	uint32_t i = add(&fixture, 1, true, 1);

	for (unsigned r = 0; r < 4; r++) {
		i = swarm_touch(
			&fixture.swarm, &fixture.arena, FAMILY_IPV6, i, r % 2 == 1, 2, &finished
		);
		assert_false(finished);
	}
	close_fixture(&fixture);
}

static void
test_seen_keeps_31_bits(void **state)
{
	struct fixture fixture;
	bool finished;

	(void)state;
	open_fixture(&fixture, FAMILY_IPV4, 16);
	uint32_t i = add(&fixture, 1, true, INT32_MAX);

	assert_int_equal(swarm_seen_s(&fixture.swarm, &fixture.arena, FAMILY_IPV4, i), INT32_MAX);
	i = swarm_touch(&fixture.swarm, &fixture.arena, FAMILY_IPV4, i, true, 7, &finished);
	assert_int_equal(swarm_seen_s(&fixture.swarm, &fixture.arena, FAMILY_IPV4, i), 7);
	close_fixture(&fixture);
}

static void
test_empty_swarm(void **state)
{
	(void)state;
	for (unsigned f = 0; f < RTE_DIM(families); f++) {
		struct fixture fixture;
		uint8_t out[18];
		uint8_t address[18] = {0};

		open_fixture(&fixture, families[f], 16);
		assert_int_equal(find(&fixture, address), SWARM_NO_PEER);
		assert_int_equal(
			swarm_select(
				&fixture.swarm,
				&fixture.arena,
				families[f],
				SWARM_NO_PEER,
				false,
				1,
				&fixture.rng,
				out
			),
			0
		);
		close_fixture(&fixture);
	}
}

// Every size, filled and emptied: no unit of memory is lost on the way.
static void
test_memory_comes_back(void **state)
{
	(void)state;
	for (unsigned f = 0; f < RTE_DIM(families); f++) {
		struct fixture fixture;

		open_fixture(&fixture, families[f], ARENA_UNITS);
		for (unsigned peers = 1; peers <= 130; peers++) {
			fill(&fixture, peers / 3, peers - peers / 3);
			remove_all(&fixture);
			assert_int_equal(fixture.arena.free_units, ARENA_UNITS);
		}
		close_fixture(&fixture);
	}
}

// A swarm that was large once does not stay so: its block follows its peers.
static void
test_block_shrinks(void **state)
{
	struct fixture fixture;

	(void)state;
	open_fixture(&fixture, FAMILY_IPV6, ARENA_UNITS);
	fill(&fixture, 0, PEERS_MAX);
	while (swarm_peers(&fixture.swarm) > 10)
		swarm_remove(&fixture.swarm, &fixture.arena, FAMILY_IPV6, 0);
	uint32_t bytes = (ARENA_UNITS - fixture.arena.free_units) * ARENA_UNIT_BYTES;

	assert_true(bytes <= 10 * swarm_peer_bytes(FAMILY_IPV6) * 8);
	close_fixture(&fixture);
}

// Adds seeders and leechers in turn until one is refused. Returns the refused one's number.
static unsigned
fill_up(struct fixture *fixture)
{
	uint8_t address[18];
	unsigned n = 0;

	for (; add(fixture, n, n % 2 == 0, 1) != SWARM_NO_PEER; n++) {
		write_address(address, n);
		naive_swarm_put(&fixture->naive, address, n % 2 == 0, 1);
	}
	return n;
}

// The arena has no more room: the newcomer is refused, everybody else is served as before.
static void
test_arena_exhausted(void **state)
{
	(void)state;
	for (unsigned f = 0; f < RTE_DIM(families); f++) {
		struct fixture fixture;
		uint8_t address[18];

		open_fixture(&fixture, families[f], 12);
		unsigned refused = fill_up(&fixture);

		assert_true(refused > 10);
		assert_same(&fixture);
		write_address(address, refused);
		check_choice(&fixture, address, false, 100);
		assert_int_equal(add(&fixture, refused, true, 1), SWARM_NO_PEER);
		write_address(address, 0);
		take_out(&fixture, address);
		put(&fixture, address, false, 2);
		assert_same(&fixture);
		remove_all(&fixture);
		assert_int_equal(fixture.arena.free_units, 12);
		close_fixture(&fixture);
	}
}

// Nothing is left to move into: the swarm stays in its block, and moves once there is room.
static void
test_shrinking_without_room(void **state)
{
	struct fixture fixture;
	uint8_t address[18];
	uint32_t unit[9];
	unsigned units = 0;

	(void)state;
	open_fixture(&fixture, FAMILY_IPV4, 8);
	fill_up(&fixture);
	while ((unit[units] = arena_get(&fixture.arena, 0)) != ARENA_NONE)
		units++;
	assert_int_equal(units, 4);
	while (fixture.naive.count > 3) {
		memcpy(address, fixture.naive.peers[fixture.naive.count / 2].address, 18);
		take_out(&fixture, address);
	}
	assert_same(&fixture);
	assert_int_equal(fixture.arena.free_units, 0);
	while (units > 0)
		arena_put(&fixture.arena, unit[--units], 0);
	memcpy(address, fixture.naive.peers[1].address, 18);
	take_out(&fixture, address);
	assert_same(&fixture);
	assert_true(fixture.arena.free_units > 4);
	close_fixture(&fixture);
}

// Which of the peers of `fixture` stands at `bytes`.
static unsigned
number_of(const struct fixture *fixture, const uint8_t *bytes)
{
	uint32_t i = find(fixture, bytes);

	assert_true(i != SWARM_NO_PEER);
	return i;
}

// Chooses again and again, and each time counts one of the chosen, at a random place of the
// reply. All who may be chosen must come up equally often.
static void
check_even(struct fixture *fixture, uint32_t asker, bool leechers_only, uint16_t want)
{
	uint32_t first = leechers_only ? fixture->swarm.seeders : 0;
	uint32_t counts[PEERS_MAX] = {0};
	uint8_t out[REPLY_BYTES];
	unsigned candidates = swarm_peers(&fixture->swarm) - first;

	for (unsigned draw = 0; draw < candidates * DRAWS_A_CELL; draw++) {
		uint16_t count = swarm_select(
			&fixture->swarm,
			&fixture->arena,
			fixture->family,
			asker,
			leechers_only,
			want,
			&fixture->rng,
			out
		);
		unsigned place = rng_below(&fixture->rng, count);

		counts[number_of(fixture, out + place * swarm_stride(fixture->family)) - first]++;
	}
	if (asker != SWARM_NO_PEER && asker >= first) { // close the gap the asker leaves
		assert_int_equal(counts[asker - first], 0);
		counts[asker - first] = counts[--candidates];
	}
	if (!chi_square_even(counts, candidates))
		fail_msg(
			"%u of %u: chi square %f", want, candidates, chi_square(counts, candidates)
		);
}

static void
test_choice_is_even(void **state)
{
	static const unsigned sizes[] = {2, 3, 31, 50, 51};

	(void)state;
	for (unsigned s = 0; s < RTE_DIM(sizes); s++)
		for (uint16_t want = 1; want <= 50; want++) {
			struct fixture fixture;
			enum family family = families[want % 2];

			open_fixture(&fixture, family, ARENA_UNITS);
			fill(&fixture, sizes[s] / 2, sizes[s] - sizes[s] / 2);
			check_even(&fixture, SWARM_NO_PEER, false, want);
			check_even(&fixture, want % sizes[s], false, want);
			if (sizes[s] > 2)
				check_even(&fixture, 0, true, want);
			close_fixture(&fixture);
		}
}

static void
test_choice_is_even_in_large_swarm(void **state)
{
	static const uint16_t wants[] = {1, 2, 25, 49, 50};
	struct fixture fixture;

	(void)state;
	open_fixture(&fixture, FAMILY_IPV4, ARENA_UNITS);
	fill(&fixture, 400, PEERS_MAX - 400);
	for (unsigned w = 0; w < RTE_DIM(wants); w++)
		check_even(&fixture, 500, false, wants[w]);
	check_even(&fixture, 7, true, 30);
	close_fixture(&fixture);
}

// A swarm of one, of two, and so on, asked by each of its peers for any number.
static void
test_every_small_choice(void **state)
{
	(void)state;
	for (unsigned peers = 1; peers <= 12; peers++) {
		struct fixture fixture;
		uint8_t address[18];

		open_fixture(&fixture, families[peers % 2], 64);
		for (unsigned n = 0; n < peers; n++) {
			write_address(address, n);
			put(&fixture, address, n % 3 == 0, 1);
		}
		for (unsigned n = 0; n <= peers; n++) // the last is a stranger
			for (uint16_t want = 0; want <= peers + 2; want++)
				for (unsigned again = 0; again < 10; again++) {
					write_address(address, n);
					check_choice(&fixture, address, false, want);
					check_choice(&fixture, address, true, want);
				}
		close_fixture(&fixture);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_random_against_model),
		cmocka_unit_test(test_finished_once),
		cmocka_unit_test(test_arriving_seeder_never_finishes),
		cmocka_unit_test(test_seen_keeps_31_bits),
		cmocka_unit_test(test_empty_swarm),
		cmocka_unit_test(test_memory_comes_back),
		cmocka_unit_test(test_block_shrinks),
		cmocka_unit_test(test_arena_exhausted),
		cmocka_unit_test(test_shrinking_without_room),
		cmocka_unit_test(test_choice_is_even),
		cmocka_unit_test(test_choice_is_even_in_large_swarm),
		cmocka_unit_test(test_every_small_choice),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
