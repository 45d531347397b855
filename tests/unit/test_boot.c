// SPDX-License-Identifier: BSD-3-Clause
// app/weir/boot.h: up in order, down in reverse, and half-way back where a step fails.

#include "../../app/weir/boot.h"
#include "../support/cmocka_wrap.h"

#include <rte_common.h>

#include <signal.h>
#include <string.h>

enum { STEPS = 5, NOBODY = -1 };

// What happened: "+a" for step a taken, "-a" for it undone.
static char trace[64];
static int failing; // number of the step that fails, or NOBODY
static struct weir weir;

static bool
step_up(int number, const struct weir *given, struct error *error)
{
	char text[] = {'+', (char)('a' + number), '\0'};

	assert_ptr_equal(given, &weir);
	strcat(trace, text);
	if (number != failing)
		return true;
	error_set(error, NULL, "step %d", number);
	return false;
}

static void
step_down(int number, const struct weir *given)
{
	char text[] = {'-', (char)('a' + number), '\0'};

	assert_ptr_equal(given, &weir);
	strcat(trace, text);
}

#define STEP(number)                                                                               \
	static bool up_##number(struct weir *given, struct error *error)                           \
	{                                                                                          \
		return step_up(number, given, error);                                              \
	}                                                                                          \
	static void down_##number(struct weir *given)                                              \
	{                                                                                          \
		step_down(number, given);                                                          \
	}

STEP(0)
STEP(1)
STEP(2)
STEP(3)
STEP(4)

static const struct boot_step full_steps[STEPS] = {
	{"a", up_0, down_0},
	{"b", up_1, down_1},
	{"c", up_2, down_2},
	{"d", up_3, down_3},
	{"e", up_4, down_4},
};

// As above, but b and d leave nothing to undo.
static const struct boot_step sparse_steps[STEPS] = {
	{"a", up_0, down_0},
	{"b", up_1, NULL},
	{"c", up_2, down_2},
	{"d", up_3, NULL},
	{"e", up_4, down_4},
};

static bool
boot(const struct boot_step *steps, unsigned count, int fails, struct error *error)
{
	trace[0] = '\0';
	failing = fails;
	*error = (struct error){.text = "untouched"};
	return boot_up(steps, count, &weir, error);
}

static void
test_up_and_down(void **state)
{
	struct error error;

	(void)state;
	assert_true(boot(full_steps, STEPS, NOBODY, &error));
	assert_string_equal(trace, "+a+b+c+d+e");
	trace[0] = '\0';
	boot_down(full_steps, STEPS, &weir);
	assert_string_equal(trace, "-e-d-c-b-a");
}

static void
test_steps_without_down(void **state)
{
	struct error error;

	(void)state;
	assert_true(boot(sparse_steps, STEPS, NOBODY, &error));
	assert_string_equal(trace, "+a+b+c+d+e");
	trace[0] = '\0';
	boot_down(sparse_steps, STEPS, &weir);
	assert_string_equal(trace, "-e-c-a");
}

// Exactly the steps before the one that failed are undone, which cleans up after itself.
static void
test_failure_of_each_step(void **state)
{
	static const struct {
		const struct boot_step *steps;
		const char *traces[STEPS];
	} rows[] = {
		{full_steps,
		 {"+a", "+a+b-a", "+a+b+c-b-a", "+a+b+c+d-c-b-a", "+a+b+c+d+e-d-c-b-a"}},
		{sparse_steps, {"+a", "+a+b-a", "+a+b+c-a", "+a+b+c+d-c-a", "+a+b+c+d+e-c-a"}},
	};

	(void)state;
	for (unsigned r = 0; r < RTE_DIM(rows); r++)
		for (int fails = 0; fails < STEPS; fails++) {
			struct error error;
			char expected[32];

			assert_false(boot(rows[r].steps, STEPS, fails, &error));
			assert_string_equal(trace, rows[r].traces[fails]);
			snprintf(expected, sizeof(expected), "step %d", fails);
			assert_string_equal(error.text, expected);
		}
}

// A start that is asked to stop fails before its next step.
static void
test_stopped(void **state)
{
	struct error error;

	(void)state;
	weir.watch.signal = SIGTERM;
	assert_false(boot(full_steps, STEPS, NOBODY, &error));
	assert_string_equal(trace, "");
	weir.watch.signal = 0;
}

static void
test_no_steps(void **state)
{
	struct error error;

	(void)state;
	assert_true(boot(full_steps, 0, NOBODY, &error));
	boot_down(full_steps, 0, &weir);
	assert_string_equal(trace, "");
	assert_string_equal(error.text, "untouched");
}

static void
test_real_table(void **state)
{
	(void)state;
	assert_true(boot_step_count > 0);
	for (unsigned i = 0; i < boot_step_count; i++) {
		assert_non_null(boot_steps[i].name);
		assert_true(*boot_steps[i].name != '\0');
		assert_non_null(boot_steps[i].up);
		for (unsigned j = 0; j < i; j++) {
			assert_string_not_equal(boot_steps[i].name, boot_steps[j].name);
			assert_ptr_not_equal(boot_steps[i].up, boot_steps[j].up);
		}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_up_and_down),
		cmocka_unit_test(test_steps_without_down),
		cmocka_unit_test(test_failure_of_each_step),
		cmocka_unit_test(test_stopped),
		cmocka_unit_test(test_no_steps),
		cmocka_unit_test(test_real_table),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
