// SPDX-License-Identifier: BSD-3-Clause
// lib/base/rng.h: the published sequence, bounds, and no bias that counting can find.

#include "../../lib/base/rng.h"
#include "../support/chi_square.h"
#include "../support/cmocka_wrap.h"

#include <string.h>

enum { DRAWS_A_CELL = 200, CELLS_MAX = 1000 };

// SplitMix64 from 1234567, as its authors' program prints it.
static void
test_published_sequence(void **state)
{
	static const uint64_t expected[] = {
		UINT64_C(6457827717110365317),
		UINT64_C(3203168211198807973),
		UINT64_C(9817491932198370423),
		UINT64_C(4593380528125082431),
		UINT64_C(16408922859458223821),
	};
	struct rng rng = {1234567};

	(void)state;
	for (unsigned i = 0; i < sizeof(expected) / sizeof(expected[0]); i++)
		assert_int_equal(rng_next(&rng), expected[i]);
}

static void
test_same_seed_same_numbers(void **state)
{
	struct rng one = {42};
	struct rng same = {42};
	struct rng other = {43};
	unsigned differ = 0;

	(void)state;
	for (unsigned i = 0; i < 1000; i++) {
		uint32_t number = rng_below(&one, 1000000);

		assert_int_equal(number, rng_below(&same, 1000000));
		differ += number != rng_below(&other, 1000000);
	}
	assert_true(differ > 990);
}

static void
test_below_its_bound(void **state)
{
	static const uint32_t bounds[] = {
		1, 2, 3, 10, 255, 256, 1000003, UINT32_C(1) << 31, UINT32_MAX - 1, UINT32_MAX};
	struct rng rng = {7};

	(void)state;
	for (unsigned b = 0; b < sizeof(bounds) / sizeof(bounds[0]); b++)
		for (unsigned i = 0; i < 20000; i++)
			assert_true(rng_below(&rng, bounds[b]) < bounds[b]);
}

// Also proves that 0 and bound - 1 come up.
static void
test_no_bias(void **state)
{
	static const uint32_t bounds[] = {2, 3, 7, 50, 51, 256, 1000};
	struct rng rng = {11};

	(void)state;
	for (unsigned b = 0; b < sizeof(bounds) / sizeof(bounds[0]); b++) {
		uint32_t counts[CELLS_MAX] = {0};

		for (unsigned i = 0; i < bounds[b] * DRAWS_A_CELL; i++)
			counts[rng_below(&rng, bounds[b])]++;
		assert_true(chi_square_even(counts, bounds[b]));
		assert_true(counts[0] > 0 && counts[bounds[b] - 1] > 0);
	}
}

// A large bound has no cells to count; its upper bits do.
static void
test_no_bias_of_large_bounds(void **state)
{
	const uint32_t bound = UINT32_C(3) << 30;
	struct rng rng = {13};
	uint32_t counts[48] = {0};

	(void)state;
	for (unsigned i = 0; i < 48 * DRAWS_A_CELL; i++)
		counts[rng_below(&rng, bound) >> 26]++;
	assert_true(chi_square_even(counts, 48));
}

// The statistic itself: even counts pass, a fair number of too many in one cell does not.
static void
test_counting_finds_bias(void **state)
{
	uint32_t counts[50];

	(void)state;
	for (unsigned i = 0; i < 50; i++)
		counts[i] = DRAWS_A_CELL + (i % 2 == 0 ? 7 : -7);
	assert_true(chi_square_even(counts, 50));
	counts[10] += DRAWS_A_CELL;
	assert_false(chi_square_even(counts, 50));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_published_sequence),
		cmocka_unit_test(test_same_seed_same_numbers),
		cmocka_unit_test(test_below_its_bound),
		cmocka_unit_test(test_no_bias),
		cmocka_unit_test(test_no_bias_of_large_bounds),
		cmocka_unit_test(test_counting_finds_bias),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
