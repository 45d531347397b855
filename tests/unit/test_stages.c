// SPDX-License-Identifier: BSD-3-Clause
// lib/stats/stages.h: cycles end up with the stage that spent them, and only turns with work count.

#include "../../lib/stats/stages.h"
#include "../support/cmocka_wrap.h"

#include <string.h>

static struct stages stages;

static uint64_t
cycles(enum stage stage)
{
	struct stage_sum sums[STAGE_COUNT] = {0};

	stages_sum(sums, &stages);
	return sums[stage].cycles;
}

static uint64_t
items(enum stage stage)
{
	struct stage_sum sums[STAGE_COUNT] = {0};

	stages_sum(sums, &stages);
	return sums[stage].items;
}

// Of 12 turns with one in `every` timed, how many are.
static unsigned
timed_of_12(uint32_t every)
{
	unsigned timed = 0;

	stages = (struct stages){.every = every};
	for (unsigned turn = 0; turn < 12; turn++)
		timed += stages_due(&stages);
	return timed;
}

static void
test_one_turn_in_so_many(void **state)
{
	(void)state;
	assert_int_equal(timed_of_12(0), 0);
	assert_int_equal(timed_of_12(1), 12);
	assert_int_equal(timed_of_12(4), 3);
	assert_int_equal(timed_of_12(12), 1);
}

static void
one_turn(bool found_work)
{
	stages_start(&stages, STAGE_receive, 1000);
	stages_count(&stages, STAGE_receive, 32);
	assert_int_equal(stages_switch(&stages, STAGE_parse, 1010), STAGE_receive);
	assert_int_equal(stages_switch(&stages, STAGE_send, 1110), STAGE_parse); // interrupted
	stages_count(&stages, STAGE_send, 5);
	assert_int_equal(stages_switch(&stages, STAGE_parse, 1113), STAGE_send);
	stages_finish(&stages, found_work, 2113);
}

static void
test_cycles_by_stage(void **state)
{
	(void)state;
	stages = (struct stages){.every = 1};
	one_turn(true);
	assert_int_equal(cycles(STAGE_receive), 10);
	assert_int_equal(cycles(STAGE_parse), 100 + 1000);
	assert_int_equal(cycles(STAGE_send), 3);
	assert_int_equal(cycles(STAGE_sweep), 0);
	assert_int_equal(items(STAGE_receive), 32);
	assert_int_equal(items(STAGE_send), 5);
	one_turn(true);
	assert_int_equal(cycles(STAGE_parse), 2200);
	assert_int_equal(items(STAGE_receive), 64);
}

static void
test_empty_turns_leave_no_trace(void **state)
{
	(void)state;
	stages = (struct stages){.every = 1};
	one_turn(false);
	assert_int_equal(cycles(STAGE_parse), 0);
	assert_int_equal(items(STAGE_receive), 0);
	one_turn(true);
	assert_int_equal(cycles(STAGE_parse), 1100);
}

static void
test_no_count_in_turns_not_timed(void **state)
{
	(void)state;
	stages = (struct stages){.every = 1};
	stages_count(&stages, STAGE_receive, 32);
	one_turn(true);
	stages_count(&stages, STAGE_receive, 32);
	assert_int_equal(items(STAGE_receive), 32);
}

static void
test_every_row_is_filled(void **state)
{
	(void)state;
	for (unsigned s = 0; s < STAGE_COUNT; s++) {
		assert_true(strlen(stage_infos[s].name) > 0);
		assert_true(strlen(stage_infos[s].items) > 0);
		assert_true(strlen(stage_infos[s].help) > 0);
		for (unsigned t = 0; t < s; t++)
			assert_string_not_equal(stage_infos[s].name, stage_infos[t].name);
	}
	assert_int_equal(stage_infos[STAGE_send].loop, STAGE_LOOP_IO);
	assert_int_equal(stage_infos[STAGE_dequeue].loop, STAGE_LOOP_WORKER);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_one_turn_in_so_many),
		cmocka_unit_test(test_cycles_by_stage),
		cmocka_unit_test(test_empty_turns_leave_no_trace),
		cmocka_unit_test(test_no_count_in_turns_not_timed),
		cmocka_unit_test(test_every_row_is_filled),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
