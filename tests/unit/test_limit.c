// SPDX-License-Identifier: BSD-3-Clause
// lib/guard/limit.h: bursts, refill, and the bound over time.

#include "../../lib/guard/limit.h"
#include "../support/cmocka_wrap.h"

// Number of tokens taken at `tsc` until the bucket is empty, up to `tries`.
static unsigned
take_all(struct limit *limit, uint64_t tsc, unsigned tries)
{
	unsigned taken = 0;

	while (taken < tries && limit_take(limit, tsc))
		taken++;
	return taken;
}

static void
test_burst_at_once(void **state)
{
	static const struct {
		uint32_t rate;
		uint32_t burst;
		unsigned taken;
	} rows[] = {
		{10, 1, 1},
		{10, 5, 5},
		{10, 0, 1}, // a burst is at least 1
		{1, 100, 100},
		{0, 100, 0}, // rate 0: never
	};

	(void)state;
	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct limit limit;

		limit_init(&limit, rows[i].rate, rows[i].burst, 1000);
		assert_int_equal(take_all(&limit, 7777, 1000), rows[i].taken);
		assert_false(limit_take(&limit, 7777));
	}
}

static void
test_rate_zero_never_recovers(void **state)
{
	struct limit limit;

	(void)state;
	limit_init(&limit, 0, 10, 1000000000);
	assert_false(limit_take(&limit, 0));
	assert_false(limit_take(&limit, UINT64_C(1) << 60));
}

static void
test_clock_may_start_at_zero(void **state)
{
	struct limit limit;

	(void)state;
	limit_init(&limit, 10, 3, 1000);
	assert_int_equal(take_all(&limit, 0, 10), 3);
}

// A token is available after exactly one cost, not a cycle before.
static void
test_refill_is_exact(void **state)
{
	struct limit limit;
	const uint64_t start = 1000000;

	(void)state;
	limit_init(&limit, 10, 2, 1000); // 100 cycles a token
	assert_int_equal(take_all(&limit, start, 10), 2);
	assert_false(limit_take(&limit, start + 99));
	assert_true(limit_take(&limit, start + 100));
	assert_false(limit_take(&limit, start + 100));
	assert_false(limit_take(&limit, start + 199));
	assert_true(limit_take(&limit, start + 200));
}

static void
test_idle_saves_no_more_than_burst(void **state)
{
	struct limit limit;

	(void)state;
	limit_init(&limit, 10, 4, 1000);
	assert_int_equal(take_all(&limit, 500, 10), 4);
	assert_int_equal(take_all(&limit, 500 + 1000000000, 10), 4);
}

static void
test_refusal_costs_nothing(void **state)
{
	struct limit limit;

	(void)state;
	limit_init(&limit, 10, 1, 1000);
	assert_true(limit_take(&limit, 1000));
	for (unsigned i = 0; i < 99; i++)
		assert_false(limit_take(&limit, 1000 + i));
	assert_true(limit_take(&limit, 1100));
}

// Tried every cycle for ten seconds, it yields burst + rate * seconds tokens and not one more.
static void
test_bound_over_time(void **state)
{
	static const uint32_t rates[] = {1, 3, 7, 10, 999, 1000};
	const uint64_t hz = 1000;

	(void)state;
	for (unsigned r = 0; r < sizeof(rates) / sizeof(rates[0]); r++) {
		struct limit limit;
		uint64_t cost = (hz + rates[r] - 1) / rates[r];
		unsigned taken = 0;

		limit_init(&limit, rates[r], 5, hz);
		for (uint64_t tsc = 1; tsc <= 1 + 10 * hz; tsc++)
			taken += take_all(&limit, tsc, 100);
		assert_true(taken <= 5 + rates[r] * 10);
		assert_int_equal(taken, 5 + 10 * hz / cost);
	}
}

// A rate above the clock's is one event a cycle, never a division by zero or a free pass.
static void
test_rate_above_clock(void **state)
{
	struct limit limit;

	(void)state;
	limit_init(&limit, 5000, 2, 1000);
	assert_int_equal(take_all(&limit, 10, 10), 2);
	assert_int_equal(take_all(&limit, 11, 10), 1);
}

// Two readings of the TSC may go backwards a little: that yields no extra token.
static void
test_clock_running_backwards(void **state)
{
	struct limit limit;

	(void)state;
	limit_init(&limit, 10, 2, 1000);
	assert_int_equal(take_all(&limit, 1000, 10), 2);
	assert_false(limit_take(&limit, 900));
	assert_false(limit_take(&limit, 0));
	assert_true(limit_take(&limit, 1100));
}

static void
test_two_buckets_are_two(void **state)
{
	struct limit one;
	struct limit two;

	(void)state;
	limit_init(&one, 10, 1, 1000);
	limit_init(&two, 10, 1, 1000);
	assert_true(limit_take(&one, 50));
	assert_false(limit_take(&one, 50));
	assert_true(limit_take(&two, 50));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_burst_at_once),
		cmocka_unit_test(test_rate_zero_never_recovers),
		cmocka_unit_test(test_clock_may_start_at_zero),
		cmocka_unit_test(test_refill_is_exact),
		cmocka_unit_test(test_idle_saves_no_more_than_burst),
		cmocka_unit_test(test_refusal_costs_nothing),
		cmocka_unit_test(test_bound_over_time),
		cmocka_unit_test(test_rate_above_clock),
		cmocka_unit_test(test_clock_running_backwards),
		cmocka_unit_test(test_two_buckets_are_two),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
