// SPDX-License-Identifier: BSD-3-Clause
// lib/swarm/pool.h: no item is allocated twice, lost, or touched before it is allocated.

#include "../../lib/base/rng.h"
#include "../../lib/swarm/pool.h"
#include "../support/cmocka_wrap.h"

#include <rte_common.h>

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum { STEPS = 20000, ITEMS_MAX = 1000, ITEM_BYTES_MAX = 64, UNTOUCHED = 0xa5 };

static const struct {
	uint32_t count;
	uint32_t item_bytes;
} rows[] = {
	{1, 4},
	{1, ITEM_BYTES_MAX},
	{2, 4},
	{7, 8},
	{33, 48},
	{100, 64},
	{ITEMS_MAX, 12},
};

// A pool and the expected state of its items.
struct fixture {
	struct pool pool;
	uint8_t *memory;
	size_t bytes;
	uint32_t stamps[ITEMS_MAX]; // contents of each allocated item; 0: not allocated
	bool touched[ITEMS_MAX]; // allocated at any time
	uint32_t lent;
};

static void
open_fixture(struct fixture *fixture, unsigned row)
{
	*fixture =
		(struct fixture){.bytes = pool_memory_bytes(rows[row].count, rows[row].item_bytes)};
	fixture->memory = malloc(fixture->bytes);
	assert_non_null(fixture->memory);
	memset(fixture->memory, UNTOUCHED, fixture->bytes);
	pool_init(&fixture->pool, fixture->memory, rows[row].count, rows[row].item_bytes);
}

static void
close_fixture(struct fixture *fixture)
{
	free(fixture->memory);
}

static void
assert_counts(const struct fixture *fixture)
{
	assert_int_equal(fixture->pool.used, fixture->lent);
	assert_int_equal(pool_free(&fixture->pool), fixture->pool.count - fixture->lent);
}

// Allocates and fills an item. False: none was left.
static bool
borrow(struct fixture *fixture, uint32_t stamp)
{
	uint32_t item = pool_get(&fixture->pool);

	if (item == POOL_NONE)
		return false;
	assert_true(item < fixture->pool.count);
	assert_int_equal(fixture->stamps[item], 0);
	fixture->stamps[item] = stamp;
	fixture->touched[item] = true;
	fixture->lent++;
	memset(pool_at(&fixture->pool, item), (uint8_t)stamp, fixture->pool.item_bytes);
	return true;
}

// An item still holds what its owner wrote.
static void
assert_own(const struct fixture *fixture, uint32_t item)
{
	const uint8_t *bytes = pool_at(&fixture->pool, item);

	for (uint32_t i = 0; i < fixture->pool.item_bytes; i++)
		assert_int_equal(bytes[i], (uint8_t)fixture->stamps[item]);
}

static void
give_back(struct fixture *fixture, uint32_t item)
{
	assert_own(fixture, item);
	pool_put(&fixture->pool, item);
	fixture->stamps[item] = 0;
	fixture->lent--;
}

static void
assert_all_own(const struct fixture *fixture)
{
	for (uint32_t item = 0; item < fixture->pool.count; item++)
		if (fixture->stamps[item] != 0)
			assert_own(fixture, item);
}

static void
assert_others_untouched(const struct fixture *fixture)
{
	for (size_t i = 0; i < fixture->bytes; i++)
		if (!fixture->touched[i / fixture->pool.item_bytes])
			assert_int_equal(fixture->memory[i], UNTOUCHED);
}

// All items can be allocated, and no more; and again after all were freed.
static void
test_exhaustion(void **state)
{
	(void)state;
	for (unsigned r = 0; r < RTE_DIM(rows); r++) {
		struct fixture fixture;

		open_fixture(&fixture, r);
		for (unsigned round = 0; round < 3; round++) {
			for (uint32_t i = 0; i < rows[r].count; i++) {
				assert_counts(&fixture);
				assert_true(borrow(&fixture, 1 + i + round));
			}
			assert_false(borrow(&fixture, 1));
			assert_false(borrow(&fixture, 1));
			assert_counts(&fixture);
			assert_all_own(&fixture);
			for (uint32_t item = 0; item < rows[r].count; item++)
				give_back(&fixture, item);
			assert_counts(&fixture);
		}
		close_fixture(&fixture);
	}
}

// A freed item can be allocated again, however full the pool is.
static void
test_one_back_one_out(void **state)
{
	struct fixture fixture;

	(void)state;
	open_fixture(&fixture, RTE_DIM(rows) - 1);
	while (borrow(&fixture, 1 + fixture.lent))
		;
	for (uint32_t item = 0; item < fixture.pool.count; item += 7) {
		give_back(&fixture, item);
		assert_true(borrow(&fixture, 77));
		assert_false(borrow(&fixture, 78));
		assert_counts(&fixture);
	}
	assert_all_own(&fixture);
	close_fixture(&fixture);
}

static void
random_step(struct fixture *fixture, struct rng *rng, unsigned step)
{
	uint32_t item = rng_below(rng, fixture->pool.count);
	bool grow = step / 2000 % 2 == 0; // long phases, so that the pool fills and empties
	bool room = fixture->lent < fixture->pool.count;

	if (rng_below(rng, 100) < (grow ? 70u : 30u))
		assert_int_equal(borrow(fixture, 1 + step), room);
	else if (fixture->stamps[item] != 0)
		give_back(fixture, item);
}

static void
test_random(void **state)
{
	(void)state;
	for (unsigned r = 0; r < RTE_DIM(rows); r++) {
		struct fixture fixture;
		struct rng rng = {r};

		open_fixture(&fixture, r);
		for (unsigned step = 0; step < STEPS; step++) {
			random_step(&fixture, &rng, step);
			assert_counts(&fixture);
			if (step % 500 == 0)
				assert_others_untouched(&fixture);
		}
		assert_all_own(&fixture);
		close_fixture(&fixture);
	}
}

// The memory of an item is not touched before it is allocated: its pages are not mapped.
static void
test_untouched_before_first_lent(void **state)
{
	(void)state;
	for (unsigned r = 0; r < RTE_DIM(rows); r++) {
		struct fixture fixture;

		open_fixture(&fixture, r);
		assert_others_untouched(&fixture);
		for (uint32_t i = 0; i < rows[r].count / 2; i++)
			assert_true(borrow(&fixture, 1 + i));
		assert_others_untouched(&fixture);

		// Freed items are allocated first.
		for (unsigned again = 0; again < 3; again++) {
			uint32_t before = fixture.lent;

			for (uint32_t item = 0; item < rows[r].count; item++)
				if (fixture.stamps[item] != 0)
					give_back(&fixture, item);
			while (fixture.lent < before)
				assert_true(borrow(&fixture, 9));
			assert_others_untouched(&fixture);
		}
		close_fixture(&fixture);
	}
}

static void
test_empty_pool(void **state)
{
	struct pool pool;

	(void)state;
	pool_init(&pool, NULL, 0, 48);
	assert_int_equal(pool_get(&pool), POOL_NONE);
	assert_int_equal(pool_free(&pool), 0);
	assert_int_equal(pool.used, 0);
}

// Memory beyond 4 GB, of which only the pages of the last items are mapped.
static void
test_sizes_of_64_bits(void **state)
{
	enum { COUNT = 1 << 27, ITEM_BYTES = 64 };
	const size_t bytes = pool_memory_bytes(COUNT, ITEM_BYTES);
	struct pool pool;

	(void)state;
	assert_true(bytes == UINT64_C(1) << 33);
	uint8_t *memory =
		mmap(NULL,
		     bytes,
		     PROT_READ | PROT_WRITE,
		     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE,
		     -1,
		     0);

	assert_ptr_not_equal(memory, MAP_FAILED);
	pool_init(&pool, memory, COUNT, ITEM_BYTES);
	assert_ptr_equal(pool_at(&pool, COUNT - 1), memory + bytes - ITEM_BYTES);
	pool.fresh = pool.used = COUNT - 1;
	assert_int_equal(pool_get(&pool), COUNT - 1);
	assert_int_equal(pool_get(&pool), POOL_NONE);
	pool_put(&pool, COUNT - 1);
	assert_int_equal(pool_get(&pool), COUNT - 1);
	munmap(memory, bytes);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_exhaustion),
		cmocka_unit_test(test_one_back_one_out),
		cmocka_unit_test(test_random),
		cmocka_unit_test(test_untouched_before_first_lent),
		cmocka_unit_test(test_empty_pool),
		cmocka_unit_test(test_sizes_of_64_bits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
