// SPDX-License-Identifier: BSD-3-Clause
// app/weir/setup/idle_choice.h: what lcores.idle becomes, by what CPU and ports can.

#include "../../app/weir/setup/idle_choice.h"
#include "../support/cmocka_wrap.h"

#include <rte_common.h>

#include <string.h>

static const struct idle_cpu plain = {0};
static const struct idle_cpu monitorx = {.monitor = true}; // AMD
static const struct idle_cpu waitpkg = {.pause = true, .monitor = true};
static const struct idle_cpu transactional = {
	.pause = true,
	.monitor = true,
	.monitor_multi = true};
static const struct idle_cpu pause_only = {.pause = true};
static const struct idle_lines one_queue = {.queues = 1, .queues_tell = true};
static const struct idle_lines one_ring = {.rings = 1, .queues_tell = true};

static struct idle_choice
choose(enum config_idle wanted, bool is_virtual, const struct idle_cpu *cpu, struct idle_lines lines
)
{
	struct idle_machine machine = {.is_virtual = is_virtual, .cpu = *cpu};

	return idle_choose(wanted, &machine, &lines);
}

// The way, and whether it is another than was asked for.
static void
assert_way(struct idle_choice choice, enum idle_way way, bool is_other)
{
	assert_string_equal(idle_way_text(choice.way), idle_way_text(way));
	assert_int_equal(choice.why != NULL, is_other);
	assert_false(choice.rests);
}

static void
test_what_every_cpu_can(void **state)
{
	static const struct {
		enum config_idle wanted;
		bool is_virtual;
		enum idle_way way;
	} rows[] = {
		{CONFIG_IDLE_POLL, false, IDLE_POLL},
		{CONFIG_IDLE_POLL, true, IDLE_POLL},
		{CONFIG_IDLE_SLEEP, false, IDLE_SLEEP},
		{CONFIG_IDLE_SLEEP, true, IDLE_SLEEP},
		{CONFIG_IDLE_AUTO, false, IDLE_POLL},
		{CONFIG_IDLE_AUTO, true, IDLE_SLEEP},
	};

	(void)state;
	for (unsigned i = 0; i < RTE_DIM(rows); i++) {
		assert_way(
			choose(rows[i].wanted, rows[i].is_virtual, &plain, one_queue),
			rows[i].way,
			false
		);
		assert_way( // what else it can changes nothing
			choose(rows[i].wanted, rows[i].is_virtual, &transactional, one_queue),
			rows[i].way,
			false
		);
	}
}

static void
test_pause(void **state)
{
	(void)state;
	assert_way(choose(CONFIG_IDLE_PAUSE, false, &waitpkg, one_queue), IDLE_PAUSE, false);
	assert_way(choose(CONFIG_IDLE_PAUSE, true, &waitpkg, one_queue), IDLE_PAUSE, false);
	assert_way(choose(CONFIG_IDLE_PAUSE, false, &plain, one_queue), IDLE_POLL, true);
	assert_way(choose(CONFIG_IDLE_PAUSE, false, &monitorx, one_queue), IDLE_POLL, true);
	assert_way(choose(CONFIG_IDLE_PAUSE, true, &plain, one_queue), IDLE_SLEEP, true);
}

static void
test_monitor(void **state)
{
	struct idle_lines both = {.queues = 1, .rings = 1, .queues_tell = true};
	struct idle_lines most = {.queues = 1, .rings = IDLE_LINES_MAX - 1, .queues_tell = true};
	struct idle_lines many = {.queues = 1, .rings = IDLE_LINES_MAX, .queues_tell = true};
	struct idle_lines none = {.queues_tell = true};
	struct idle_lines silent = {.queues = 1};

	(void)state;
	assert_way(choose(CONFIG_IDLE_MONITOR, false, &waitpkg, one_queue), IDLE_MONITOR, false);
	assert_way(choose(CONFIG_IDLE_MONITOR, false, &monitorx, one_ring), IDLE_MONITOR, false);
	assert_way(choose(CONFIG_IDLE_MONITOR, false, &transactional, both), IDLE_MONITOR, false);
	assert_way(choose(CONFIG_IDLE_MONITOR, false, &transactional, most), IDLE_MONITOR, false);
	assert_way(choose(CONFIG_IDLE_MONITOR, false, &waitpkg, both), IDLE_PAUSE, true);
	assert_way(choose(CONFIG_IDLE_MONITOR, false, &transactional, many), IDLE_PAUSE, true);
	assert_way(choose(CONFIG_IDLE_MONITOR, false, &waitpkg, none), IDLE_PAUSE, true);
	assert_way(choose(CONFIG_IDLE_MONITOR, false, &waitpkg, silent), IDLE_PAUSE, true);
	assert_way(choose(CONFIG_IDLE_MONITOR, false, &monitorx, both), IDLE_POLL, true);
	assert_way(choose(CONFIG_IDLE_MONITOR, true, &monitorx, silent), IDLE_SLEEP, true);
	assert_way(choose(CONFIG_IDLE_MONITOR, false, &plain, one_queue), IDLE_POLL, true);
}

// The reason is that of what was asked for, not of what it became meanwhile.
static void
test_reasons(void **state)
{
	struct idle_choice choice = choose(CONFIG_IDLE_MONITOR, false, &plain, one_queue);

	(void)state;
	assert_string_equal(choice.why, "this CPU cannot monitor memory");
	choice = choose(CONFIG_IDLE_PAUSE, false, &plain, one_queue);
	assert_string_equal(choice.why, "this CPU cannot pause until a time");
	choice = choose(CONFIG_IDLE_MONITOR, false, &waitpkg, (struct idle_lines){.queues = 1});
	assert_string_equal(choice.why, "a port does not tell what to monitor");
}

static void
test_interrupt(void **state)
{
	struct idle_machine machine = {.no_interrupts = "port a has none"};
	struct idle_choice choice;
	static const struct {
		bool is_virtual;
		const struct idle_cpu *cpu;
		enum idle_way way;
	} rows[] = {
		{true, &plain, IDLE_SLEEP},
		{true, &transactional, IDLE_SLEEP},
		{false, &plain, IDLE_SLEEP},
		{false, &waitpkg, IDLE_MONITOR},
		{false, &pause_only, IDLE_PAUSE},
	};

	(void)state;
	for (unsigned i = 0; i < RTE_DIM(rows); i++) {
		choice = choose(CONFIG_IDLE_INTERRUPT, rows[i].is_virtual, rows[i].cpu, one_queue);
		assert_true(choice.rests);
		assert_int_equal(choice.way, rows[i].way);
		assert_null(choice.why);
	}
	choice = idle_choose(CONFIG_IDLE_INTERRUPT, &machine, &one_queue);
	assert_way(choice, IDLE_POLL, true);
	assert_ptr_equal(choice.why, machine.no_interrupts);
	machine.is_virtual = true;
	assert_way(idle_choose(CONFIG_IDLE_INTERRUPT, &machine, &one_queue), IDLE_SLEEP, true);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_every_cpu_can),
		cmocka_unit_test(test_pause),
		cmocka_unit_test(test_monitor),
		cmocka_unit_test(test_reasons),
		cmocka_unit_test(test_interrupt),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
