// SPDX-License-Identifier: BSD-3-Clause
// lib/swarm/arena.h: blocks never overlap, and what is given back can be had again in one piece.

#include "../../lib/base/rng.h"
#include "../../lib/swarm/arena.h"
#include "../support/cmocka_wrap.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum { HELD_MAX = 600, ROUNDS = 30000, NOBODY = 0 };

static const uint32_t sizes[] = {1, 2, 3, 7, 8, 63, 64, 100, 1000, 1023, 1024, 1025, 3333};

// The arena under test and a model of it: who holds each unit.
struct fixture {
	struct arena arena;
	void *memory;
	uint16_t *holders; // a unit's holder, or NOBODY
	uint32_t free_units;
	struct held {
		uint32_t block;
		unsigned order;
		uint16_t number; // from 1 on, unique
	} held[HELD_MAX];
	unsigned held_count;
	uint16_t last_number;
};

static void
open_fixture(struct fixture *fixture, uint32_t units)
{
	size_t bytes = (arena_memory_bytes(units) + 63) & ~(size_t)63;

	*fixture = (struct fixture){.free_units = units};
	assert_true(arena_memory_bytes(units) >= (size_t)units * ARENA_UNIT_BYTES);
	fixture->memory = aligned_alloc(64, bytes);
	fixture->holders = calloc(units, sizeof(*fixture->holders));
	assert_non_null(fixture->memory);
	assert_non_null(fixture->holders);
	memset(fixture->memory, 0, bytes);
	arena_init(&fixture->arena, fixture->memory, units);
}

static void
close_fixture(struct fixture *fixture)
{
	free(fixture->holders);
	free(fixture->memory);
}

// Checks a new block against the model, enters it there and fills it with its number.
static void
take_block(struct fixture *fixture, uint32_t block, unsigned order)
{
	uint32_t units = UINT32_C(1) << order;
	struct held *held = &fixture->held[fixture->held_count++];

	*held = (struct held){block, order, ++fixture->last_number};
	if (held->number == NOBODY)
		held->number = ++fixture->last_number;
	assert_true(block % units == 0);
	assert_true(block + units <= fixture->arena.count);
	for (uint32_t i = 0; i < units; i++) {
		assert_int_equal(fixture->holders[block + i], NOBODY);
		fixture->holders[block + i] = held->number;
	}
	fixture->free_units -= units;
	memset(arena_bytes(&fixture->arena, block),
	       (uint8_t)held->number,
	       (size_t)units * ARENA_UNIT_BYTES);
}

// Checks that nobody wrote into the block, and gives it back.
static void
give_block(struct fixture *fixture, unsigned i)
{
	struct held held = fixture->held[i];
	uint32_t units = UINT32_C(1) << held.order;
	const uint8_t *bytes = arena_bytes(&fixture->arena, held.block);

	for (size_t b = 0; b < (size_t)units * ARENA_UNIT_BYTES; b++)
		if (bytes[b] != (uint8_t)held.number)
			fail_msg("byte %zu of block %u was overwritten", b, held.block);
	for (uint32_t u = 0; u < units; u++)
		fixture->holders[held.block + u] = NOBODY;
	fixture->free_units += units;
	fixture->held[i] = fixture->held[--fixture->held_count];
	arena_put(&fixture->arena, held.block, held.order);
}

// Whether the model has an aligned free block of that order.
static bool
has_room(const struct fixture *fixture, unsigned order)
{
	uint32_t units = UINT32_C(1) << order;

	for (uint32_t at = 0; at + units <= fixture->arena.count; at += units) {
		uint32_t i = 0;

		while (i < units && fixture->holders[at + i] == NOBODY)
			i++;
		if (i == units)
			return true;
	}
	return false;
}

// Small blocks are more frequent, as small swarms are.
static unsigned
random_order(struct rng *rng)
{
	unsigned order = 0;

	while (order < 8 && rng_below(rng, 2) == 0)
		order++;
	return order;
}

static void
random_step(struct fixture *fixture, struct rng *rng, unsigned fill)
{
	if (rng_below(rng, 100) < fill && fixture->held_count < HELD_MAX) {
		unsigned order = random_order(rng);
		bool expected = has_room(fixture, order);
		uint32_t block = arena_get(&fixture->arena, order);

		assert_int_equal(block != ARENA_NONE, expected);
		if (block != ARENA_NONE)
			take_block(fixture, block, order);
	} else if (fixture->held_count > 0) {
		give_block(fixture, rng_below(rng, fixture->held_count));
	}
	assert_int_equal(fixture->arena.free_units, fixture->free_units);
}

// The blocks of an arena nobody holds anything of: the largest that fit, from the front.
static void
assert_whole(struct arena *arena)
{
	struct arena copy = *arena;
	uint32_t rest = copy.count;

	assert_int_equal(arena->free_units, arena->count);
	for (unsigned order = ARENA_ORDERS; order-- > 0;)
		if (rest >> order & 1) {
			assert_int_equal(arena_get(arena, order), copy.count - rest);
			rest -= UINT32_C(1) << order;
		}
	assert_int_equal(rest, 0);
	assert_int_equal(arena->free_units, 0);
	assert_int_equal(arena_get(arena, 0), ARENA_NONE);
}

static void
test_fresh_arena_is_whole(void **state)
{
	(void)state;
	for (unsigned i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		struct fixture fixture;

		open_fixture(&fixture, sizes[i]);
		assert_whole(&fixture.arena);
		close_fixture(&fixture);
	}
}

static void
test_random_against_model(void **state)
{
	struct rng rng = {1};

	(void)state;
	for (unsigned i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		struct fixture fixture;

		open_fixture(&fixture, sizes[i]);
		for (unsigned round = 0; round < ROUNDS / 10; round++)
			random_step(&fixture, &rng, round % 500 < 250 ? 70 : 30);
		while (fixture.held_count > 0)
			give_block(&fixture, rng_below(&rng, fixture.held_count));
		assert_whole(&fixture.arena);
		close_fixture(&fixture);
	}
}

static void
test_exhaustion(void **state)
{
	(void)state;
	for (unsigned i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		struct fixture fixture;
		uint32_t taken = 0;

		open_fixture(&fixture, sizes[i]);
		while (arena_get(&fixture.arena, 0) != ARENA_NONE)
			taken++;
		assert_int_equal(taken, sizes[i]);
		assert_int_equal(fixture.arena.free_units, 0);
		for (uint32_t unit = 0; unit < taken; unit++)
			arena_put(&fixture.arena, unit, 0);
		assert_whole(&fixture.arena);
		close_fixture(&fixture);
	}
}

static void
test_no_such_block(void **state)
{
	struct fixture fixture;

	(void)state;
	open_fixture(&fixture, 100); // 64 + 32 + 4
	for (unsigned order = 7; order <= ARENA_ORDERS + 1; order++)
		assert_int_equal(arena_get(&fixture.arena, order), ARENA_NONE);
	assert_int_equal(arena_get(&fixture.arena, 6), 0);
	assert_int_equal(arena_get(&fixture.arena, 6), ARENA_NONE);
	assert_int_equal(fixture.arena.free_units, 36);
	close_fixture(&fixture);
}

// Half of the memory free, but not two units side by side: a block of two is not to be had.
static void
test_fragments_do_not_merge(void **state)
{
	struct fixture fixture;

	(void)state;
	open_fixture(&fixture, 256);
	while (arena_get(&fixture.arena, 0) != ARENA_NONE)
		;
	for (uint32_t unit = 0; unit < 256; unit += 2)
		arena_put(&fixture.arena, unit, 0);
	assert_int_equal(fixture.arena.free_units, 128);
	assert_int_equal(arena_get(&fixture.arena, 1), ARENA_NONE);
	for (uint32_t unit = 1; unit < 256; unit += 2)
		arena_put(&fixture.arena, unit, 0);
	assert_whole(&fixture.arena);
	close_fixture(&fixture);
}

// Blocks are asked for and given back for ever: nothing wears out.
static void
test_churn(void **state)
{
	struct fixture fixture;

	(void)state;
	open_fixture(&fixture, 1000);
	for (unsigned round = 0; round < ROUNDS; round++) {
		unsigned order = round % 9;
		uint32_t one = arena_get(&fixture.arena, order);
		uint32_t two = arena_get(&fixture.arena, 0);

		assert_int_not_equal(one, ARENA_NONE);
		assert_int_not_equal(two, ARENA_NONE);
		arena_put(&fixture.arena, one, order);
		arena_put(&fixture.arena, two, 0);
	}
	assert_whole(&fixture.arena);
	close_fixture(&fixture);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_fresh_arena_is_whole),
		cmocka_unit_test(test_random_against_model),
		cmocka_unit_test(test_exhaustion),
		cmocka_unit_test(test_no_such_block),
		cmocka_unit_test(test_fragments_do_not_merge),
		cmocka_unit_test(test_churn),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
