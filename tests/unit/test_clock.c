// SPDX-License-Identifier: BSD-3-Clause
// lib/base/clock.h: seconds out of cycles.

#include "../../lib/base/clock.h"
#include "../../lib/base/rng.h"
#include "../support/cmocka_wrap.h"

enum { HZ = 1000, START = 777 };

static void
test_starts_at_one(void **state)
{
	struct clock clock;

	(void)state;
	clock_init(&clock, START, HZ);
	assert_int_equal(clock.mono_s, 1);
	assert_int_equal(clock.tsc, START);
	assert_int_equal(clock.hz, HZ);
	assert_int_equal(clock_ms(&clock), 1000);
}

// Ticks one after the other, and the second each of them falls into.
static void
test_second_boundaries(void **state)
{
	static const struct {
		uint64_t after; // cycles since the start
		uint32_t mono_s;
	} rows[] = {
		{0, 1},
		{1, 1},
		{HZ - 1, 1},
		{HZ, 2},
		{HZ, 2},
		{HZ + 1, 2},
		{2 * HZ - 1, 2},
		{2 * HZ, 3},
		{5 * HZ - 1, 5}, // a gap that ends right before a boundary
		{5 * HZ, 6},
		{9 * HZ, 10}, // a gap that ends on one
		{1000 * HZ + 1, 1001}, // a long one
		{1000 * HZ + 999, 1001},
		{1001 * HZ, 1002},
	};
	struct clock clock;

	(void)state;
	clock_init(&clock, START, HZ);
	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		clock_tick(&clock, START + rows[i].after);
		assert_int_equal(clock.mono_s, rows[i].mono_s);
		assert_int_equal(clock.tsc, START + rows[i].after);
	}
}

static void
test_milliseconds(void **state)
{
	static const uint64_t rates[] = {1000, 2400000000, 999999999, 4096};
	struct clock clock;

	(void)state;
	for (unsigned i = 0; i < sizeof(rates) / sizeof(rates[0]); i++) {
		uint64_t hz = rates[i];

		clock_init(&clock, START, hz);
		assert_int_equal(clock_ms(&clock), 1000);
		clock_tick(&clock, START + hz / 2);
		assert_in_range(clock_ms(&clock), 1499, 1501);
		clock_tick(&clock, START + 86400 * hz); // a day
		assert_int_equal(clock_ms(&clock), 86401000);
		clock_tick(&clock, START + 86400 * hz + hz / 4);
		assert_in_range(clock_ms(&clock), 86401249, 86401251);
	}
}

// However the ticks fall, the second is the one a division from the start gives.
static void
test_no_drift(void **state)
{
	static const uint64_t rates[] = {
		1, 3, HZ, 1000003, UINT64_C(2599999999), UINT64_C(5000000000)};
	struct rng rng = {99};

	(void)state;
	for (unsigned r = 0; r < sizeof(rates) / sizeof(rates[0]); r++) {
		const uint64_t start = rng_next(&rng) >> 16;
		uint64_t tsc = start;
		struct clock clock;

		clock_init(&clock, start, rates[r]);
		for (unsigned i = 0; i < 20000; i++) {
			uint64_t most = i % 100 == 0 ? 50 * rates[r] : rates[r] / 10;

			tsc += rng_next(&rng) % (most + 1);
			clock_tick(&clock, tsc);
			assert_int_equal(clock.mono_s, 1 + (tsc - start) / rates[r]);
			assert_in_range(
				clock_ms(&clock),
				1000 + (tsc - start) * 1000 / rates[r],
				1001 + (tsc - start) * 1000 / rates[r]
			);
		}
	}
}

// A year without a tick at 5 GHz.
static void
test_very_long_gap(void **state)
{
	const uint64_t hz = UINT64_C(5000000000);
	const uint64_t year_s = 366 * 86400;
	struct clock clock;

	(void)state;
	clock_init(&clock, 0, hz);
	clock_tick(&clock, year_s * hz);
	assert_int_equal(clock.mono_s, year_s + 1);
	clock_tick(&clock, (year_s + 1) * hz - 1);
	assert_int_equal(clock.mono_s, year_s + 1);
	clock_tick(&clock, (year_s + 1) * hz);
	assert_int_equal(clock.mono_s, year_s + 2);
}

// The cycle counters of two sockets may differ a little: a tick in the past changes no second.
static void
test_step_back_is_harmless(void **state)
{
	struct clock clock;

	(void)state;
	clock_init(&clock, START, HZ);
	clock_tick(&clock, START + 3 * HZ);
	clock_tick(&clock, START + 3 * HZ - 5);
	assert_int_equal(clock.mono_s, 4);
	clock_tick(&clock, START + 4 * HZ);
	assert_int_equal(clock.mono_s, 5);
}

static void
test_clocks_of_one_start_agree(void **state)
{
	struct clock often;
	struct clock seldom;

	(void)state;
	clock_init(&often, START, HZ);
	clock_init(&seldom, START, HZ);
	for (uint64_t tsc = START; tsc < START + 30 * HZ; tsc += 7)
		clock_tick(&often, tsc);
	clock_tick(&seldom, often.tsc);
	assert_int_equal(often.mono_s, seldom.mono_s);
	assert_int_equal(often.next_tsc, seldom.next_tsc);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_starts_at_one),
		cmocka_unit_test(test_second_boundaries),
		cmocka_unit_test(test_milliseconds),
		cmocka_unit_test(test_no_drift),
		cmocka_unit_test(test_very_long_gap),
		cmocka_unit_test(test_step_back_is_harmless),
		cmocka_unit_test(test_clocks_of_one_start_agree),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
