// SPDX-License-Identifier: BSD-3-Clause
// app/weir/control/governor.h: the announce interval follows steps of the load.

#include "../../app/weir/control/governor.h"
#include "../../lib/base/rng.h"
#include "../support/cmocka_wrap.h"

#include <stdbool.h>
#include <stdlib.h>

enum { INTERVAL_S = 1800, MAX_S = 10800, MINUTE = 60 };

static uint32_t
step_busy(struct governor *governor, unsigned percent)
{
	struct governor_input input = {.busy_percent = percent};

	return governor_step(governor, &input, 1, INTERVAL_S, MAX_S);
}

// Each step of the load is there within a minute, without passing its goal, and then nothing changes any more.
static void
test_steps(void **state)
{
	static const struct {
		unsigned percent;
		uint32_t interval_s;
	} rows[] = {
		{0, INTERVAL_S},
		{100, MAX_S},
		{50, INTERVAL_S},
		{70, (INTERVAL_S + MAX_S) / 2},
		{60, (3 * INTERVAL_S + MAX_S) / 4},
		{90, MAX_S},
		{80, (INTERVAL_S + 3 * MAX_S) / 4},
		{0, INTERVAL_S},
	};
	struct governor governor = {0};
	uint32_t now_s = INTERVAL_S;

	(void)state;
	for (unsigned i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		bool rises = rows[i].interval_s >= now_s;

		for (unsigned second = 0; second < MINUTE; second++) {
			uint32_t next_s = step_busy(&governor, rows[i].percent);

			assert_true(rises ? next_s >= now_s : next_s <= now_s);
			assert_true(next_s >= INTERVAL_S && next_s <= MAX_S);
			now_s = next_s;
		}
		// An end of the range is reached, others nearly.
		if (rows[i].interval_s == INTERVAL_S || rows[i].interval_s == MAX_S)
			assert_int_equal(now_s, rows[i].interval_s);
		else
			assert_in_range(
				now_s,
				rows[i].interval_s - rows[i].interval_s / 40,
				rows[i].interval_s + rows[i].interval_s / 40
			);
		for (unsigned second = 0; second < 2 * MINUTE; second++)
			now_s = step_busy(&governor, rows[i].percent);
		for (unsigned second = 0; second < 10 * MINUTE; second++)
			assert_int_equal(step_busy(&governor, rows[i].percent), now_s);
	}
}

// Half of a step is there after some seconds, not at once.
static void
test_smooth(void **state)
{
	struct governor governor = {0};
	uint32_t half_s = (INTERVAL_S + MAX_S) / 2;

	(void)state;
	assert_in_range(step_busy(&governor, 100), INTERVAL_S + 1, INTERVAL_S + 1000);
	for (unsigned second = 1; second < 5; second++)
		assert_true(step_busy(&governor, 100) < half_s);
	for (unsigned second = 5; second < 15; second++)
		step_busy(&governor, 100);
	assert_true(governor.interval_s > half_s);
}

// A load that trembles by a percent or two does not move the interval.
static void
test_trembling(void **state)
{
	struct governor governor = {0};
	struct rng rng = {3};
	unsigned changes = 0;

	(void)state;
	for (unsigned second = 0; second < 5 * MINUTE; second++)
		step_busy(&governor, 69 + rng_below(&rng, 3));
	for (unsigned second = 0; second < 60 * MINUTE; second++) {
		uint32_t before_s = governor.interval_s;

		changes += step_busy(&governor, 69 + rng_below(&rng, 3)) != before_s;
	}
	assert_true(changes < 30);
}

static void
test_changes_are_worth_it(void **state)
{
	struct governor governor = {0};
	uint32_t before_s = INTERVAL_S;

	(void)state;
	for (unsigned second = 0; second < 10 * MINUTE; second++) {
		uint32_t now_s = step_busy(&governor, 40 + second / 10);
		uint32_t change_s = (uint32_t)abs((int)now_s - (int)before_s);

		assert_true(change_s == 0 || change_s > before_s / 50 || now_s == MAX_S);
		before_s = now_s;
	}
	assert_int_equal(before_s, MAX_S);
}

// Full tables count like busy lcores, from another point on; the largest rules.
static void
test_inputs(void **state)
{
	static const struct {
		struct governor_input input;
		uint32_t interval_s;
	} rows[] = {
		{{50, 75, 75}, INTERVAL_S},
		{{0, 95, 0}, MAX_S},
		{{0, 0, 95}, MAX_S},
		{{0, 100, 100}, MAX_S},
		{{90, 0, 0}, MAX_S},
	};

	(void)state;
	for (unsigned i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct governor governor = {0};

		assert_int_equal(
			governor_step(&governor, &rows[i].input, 200, INTERVAL_S, MAX_S),
			rows[i].interval_s
		);
	}
	struct governor governor = {0};

	governor_step(&governor, &(struct governor_input){60, 85, 76}, 200, INTERVAL_S, MAX_S);
	assert_in_range(governor.interval_s, 6200, 6400); // half of the range
}

// Settings that a reload changes hold at once, also before the next look.
static void
test_other_settings(void **state)
{
	struct governor governor = {0};

	(void)state;
	assert_int_equal(governor_interval_s(&governor, INTERVAL_S, 0), INTERVAL_S);
	assert_int_equal(governor_interval_s(&governor, INTERVAL_S, MAX_S), INTERVAL_S);
	for (unsigned second = 0; second < 2 * MINUTE; second++)
		step_busy(&governor, 100);
	assert_int_equal(governor_interval_s(&governor, INTERVAL_S, 3600), 3600);
	assert_int_equal(governor_interval_s(&governor, 100, 0), 100);
	struct governor_input input = {.busy_percent = 100};

	assert_int_equal(governor_step(&governor, &input, 1, INTERVAL_S, 3600), 3600);
	assert_int_equal(governor_step(&governor, &input, 1, 600, 0), 600);
	assert_true(governor.load == 0 && governor.interval_s == 0);
	assert_int_equal(governor_step(&governor, &input, 1, 600, 600), 600);
	input.busy_percent = 0;
	assert_int_equal(governor_step(&governor, &input, 60, 1, 300), 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_steps),
		cmocka_unit_test(test_smooth),
		cmocka_unit_test(test_trembling),
		cmocka_unit_test(test_changes_are_worth_it),
		cmocka_unit_test(test_inputs),
		cmocka_unit_test(test_other_settings),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
