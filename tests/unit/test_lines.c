// SPDX-License-Identifier: BSD-3-Clause
// tests/bench/scale_model/lines.h: which accesses move a line to an lcore.

#include "../bench/scale_model/lines.h"
#include "../support/cmocka_wrap.h"

#include <stdlib.h>
#include <string.h>

enum { LINE = 64, ONE = LINES_LCORES, TWO, THREE };

static char *memory; // of lines that nobody knows yet

struct step {
	unsigned actor;
	bool writes;
	unsigned moves, device_moves; // of this step
};

static int
set_up(void **state)
{
	(void)state;
	memory = aligned_alloc(LINE, 100 * LINE);
	return memory == NULL;
}

static int
tear_down(void **state)
{
	(void)state;
	free(memory);
	return 0;
}

static struct lines_sum
sum_of(const char *name)
{
	struct lines_sum sums[LINES_NAMES_MAX];
	unsigned count = lines_sums(sums);

	for (unsigned i = 0; i < count; i++)
		if (strcmp(sums[i].name, name) == 0)
			return sums[i];
	return (struct lines_sum){.name = name};
}

static void
assert_steps(const char *line, const struct step *steps, unsigned count)
{
	for (unsigned i = 0; i < count; i++) {
		lines_act(steps[i].actor);
		lines_count();
		lines_access(line + i, 1, steps[i].writes);
		struct lines_sum sum = sum_of("other");

		if (sum.moves != steps[i].moves || sum.device_moves != steps[i].device_moves)
			fail_msg(
				"step %u: %d moves, %d from the device",
				i,
				(int)sum.moves,
				(int)sum.device_moves
			);
	}
}

static void
test_moves(void **state)
{
	static const struct step steps[] = {
		{ONE, true, 0, 0}, // nobody had it
		{ONE, false, 0, 0},
		{TWO, false, 1, 0}, // from its writer
		{TWO, false, 0, 0},
		{THREE, false, 1, 0},
		{ONE, false, 0, 0}, // still has it
		{ONE, true, 1, 0}, // two others had it
		{ONE, true, 0, 0},
		{TWO, true, 1, 0},
	};

	(void)state;
	assert_steps(memory, steps, sizeof(steps) / sizeof(*steps));
}

static void
test_device(void **state)
{
	static const struct step steps[] = {
		{LINES_DEVICE, true, 0, 0},
		{ONE, false, 0, 1},
		{TWO, false, 1, 0}, // the first one has it
		{ONE, true, 1, 0},
		{LINES_DEVICE, false, 0, 0},
		{ONE, true, 0, 1}, // the device has it, too
		{LINES_DEVICE, false, 0, 0}, // what the device gets is not counted
		{TWO, true, 1, 0}, // an lcore had it, so it comes from there
	};

	(void)state;
	assert_steps(memory + LINE, steps, sizeof(steps) / sizeof(*steps));
}

static void
test_pieces(void **state)
{
	char *piece = memory + 10 * LINE;

	(void)state;
	lines_name(piece, 2 * LINE, "piece");
	lines_name(piece + 50 * LINE, LINE, "piece");
	lines_act(ONE);
	lines_access(piece, 100 * LINE - (size_t)(piece - memory), true);
	lines_act(TWO);
	lines_count();
	lines_access(piece + LINE - 1, 2, false); // both lines
	lines_access(piece + 50 * LINE, LINE, true);
	lines_access(piece + 2 * LINE, 0, true);
	assert_int_equal(sum_of("piece").moves, 3);
	assert_int_equal(sum_of("other").moves, 0);
}

static void
test_stack(void **state)
{
	char here[LINE];

	(void)state;
	for (unsigned actor = ONE; actor <= TWO; actor++) {
		lines_act(actor);
		lines_count();
		lines_access(here, sizeof(here), true);
		assert_int_equal(sum_of("other").moves, 0);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_moves),
		cmocka_unit_test(test_device),
		cmocka_unit_test(test_pieces),
		cmocka_unit_test(test_stack),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
