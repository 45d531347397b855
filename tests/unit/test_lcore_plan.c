// SPDX-License-Identifier: BSD-3-Clause
// app/weir/setup/lcore_plan.h: who runs where, on machines from one CPU to many.

#include "../../app/weir/setup/lcore_plan.h"
#include "../support/cmocka_wrap.h"
#include "../support/made_topology.h"

#include <rte_common.h>

#include <stdio.h>
#include <string.h>

// A plan as text: "main 0: 1=io0 2=worker0 3=io1+worker1", the CPU before each "=".
static void
plan_text(const struct lcore_plan *plan, char *text, size_t size)
{
	size_t at = (size_t)snprintf(text, size, "main %u:", plan->main_cpu);

	for (unsigned i = 0; i < plan->count; i++) {
		const struct lcore_role *role = &plan->lcores[i];

		at += (size_t)snprintf(text + at, size - at, " %u=", role->cpu);
		if (role->io != LCORE_NO_ROLE)
			at += (size_t)snprintf(text + at, size - at, "io%d", role->io);
		if (role->io != LCORE_NO_ROLE && role->worker != LCORE_NO_ROLE)
			at += (size_t)snprintf(text + at, size - at, "+");
		if (role->worker != LCORE_NO_ROLE)
			at += (size_t)snprintf(text + at, size - at, "worker%d", role->worker);
	}
}

static struct config_cpus
first_cpus(unsigned count)
{
	struct config_cpus cpus = {.count = count};

	for (unsigned i = 0; i < count; i++)
		cpus.items[i] = i;
	return cpus;
}

struct row {
	struct config_cpus cpus; // there are
	struct config_cpus main, io, workers; // asked for
	const char *plan;
};

static void
check_rows(const struct row *rows, unsigned count)
{
	for (unsigned i = 0; i < count; i++) {
		struct config config = {
			.main_cpu = rows[i].main,
			.io_cpus = rows[i].io,
			.worker_cpus = rows[i].workers};
		struct topology topology = made_topology_of(&rows[i].cpus);
		struct lcore_plan plan;
		struct error error;
		char text[512];

		assert_true(lcore_plan_make(&plan, &config, &topology, &error));
		plan_text(&plan, text, sizeof(text));
		assert_string_equal(text, rows[i].plan);
	}
}

static void
test_default_cpus(void **state)
{
	static const struct row rows[] = {
		{.cpus = {1, {0}}, .plan = "main 0: 0=io0+worker0"},
		{.cpus = {1, {5}}, .plan = "main 5: 5=io0+worker0"},
		{.cpus = {2, {0, 1}}, .plan = "main 0: 1=io0+worker0"},
		{.cpus = {3, {0, 1, 2}}, .plan = "main 0: 1=io0 2=worker0"},
		{.cpus = {4, {0, 1, 2, 3}}, .plan = "main 0: 1=io0 2=worker0 3=worker1"},
		{.cpus = {5, {2, 4, 6, 8, 10}}, .plan = "main 2: 4=io0 6=io1 8=worker0 10=worker1"},
		{.cpus = {8, {0, 1, 2, 3, 4, 5, 6, 7}},
		 .plan = "main 0: 1=io0 2=io1 3=io2 4=worker0 5=worker1 6=worker2 7=worker3"},
	};

	(void)state;
	check_rows(rows, RTE_DIM(rows));
}

static void
test_configured_cpus(void **state)
{
	static const struct row rows[] = {
		// Both lists.
		{.cpus = {4, {0, 1, 2, 3}},
		 .io = {1, {3}},
		 .workers = {2, {1, 2}},
		 .plan = "main 0: 3=io0 1=worker0 2=worker1"},
		// Overlap: a CPU in both does both.
		{.cpus = {4, {0, 1, 2, 3}},
		 .io = {2, {1, 2}},
		 .workers = {3, {2, 3, 1}},
		 .plan = "main 0: 1=io0+worker2 2=io1+worker0 3=worker1"},
		// One of them: the other gets what is left.
		{.cpus = {4, {0, 1, 2, 3}},
		 .io = {1, {2}},
		 .plan = "main 0: 2=io0 1=worker0 3=worker1"},
		{.cpus = {4, {0, 1, 2, 3}},
		 .workers = {1, {1}},
		 .plan = "main 0: 2=io0 3=io1 1=worker0"},
		// Nothing is left: they share.
		{.cpus = {2, {0, 1}}, .io = {1, {1}}, .plan = "main 0: 1=io0+worker0"},
		{.cpus = {2, {0, 1}}, .workers = {1, {1}}, .plan = "main 0: 1=io0+worker0"},
		// The control thread elsewhere.
		{.cpus = {4, {0, 1, 2, 3}},
		 .main = {1, {3}},
		 .plan = "main 3: 0=io0 1=worker0 2=worker1"},
		// It never polls, so it may sit on another's CPU when that is asked for.
		{.cpus = {2, {0, 1}},
		 .io = {1, {0}},
		 .workers = {1, {1}},
		 .plan = "main 0: 0=io0 1=worker0"},
	};

	(void)state;
	for (unsigned i = 0; i < RTE_DIM(rows); i++)
		check_rows(&rows[i], 1);
}

// Whatever the number of CPUs: each has one lcore at most, roles are numbered without gaps, and
// the control thread is alone where there are two CPUs or more.
static void
check_sound(const struct lcore_plan *plan, const struct config_cpus *cpus)
{
	bool cpu_taken[CONFIG_CPUS_MAX] = {false};
	bool io_taken[CONFIG_CPUS_MAX] = {false};
	bool worker_taken[CONFIG_CPUS_MAX] = {false};

	for (unsigned i = 0; i < plan->count; i++) {
		const struct lcore_role *role = &plan->lcores[i];

		assert_true(role->cpu < cpus->count);
		assert_false(cpu_taken[role->cpu]);
		cpu_taken[role->cpu] = true;
		assert_true(role->io != LCORE_NO_ROLE || role->worker != LCORE_NO_ROLE);
		if (role->io != LCORE_NO_ROLE) {
			assert_true(role->io < (int)plan->io_count);
			assert_false(io_taken[role->io]);
			io_taken[role->io] = true;
		}
		if (role->worker != LCORE_NO_ROLE) {
			assert_true(role->worker < (int)plan->worker_count);
			assert_false(worker_taken[role->worker]);
			worker_taken[role->worker] = true;
		}
	}
	assert_int_equal(cpu_taken[plan->main_cpu], cpus->count == 1);
}

static void
test_every_number_of_cpus(void **state)
{
	(void)state;
	for (unsigned count = 1; count <= CONFIG_CPUS_MAX; count++) {
		struct config_cpus cpus = first_cpus(count);
		struct topology topology = made_topology_of(&cpus);
		struct config config = {0};
		struct lcore_plan plan;
		struct error error;

		assert_true(lcore_plan_make(&plan, &config, &topology, &error));
		check_sound(&plan, &cpus);
		assert_int_equal(plan.count, count == 1 ? 1 : count - 1);
		if (count > 2) {
			assert_int_equal(plan.io_count + plan.worker_count, count - 1);
			assert_in_range(plan.worker_count - plan.io_count, 0, 1);
		}
	}
}

static void
test_cpu_that_weir_may_not_use(void **state)
{
	static const struct {
		struct config_cpus main, io, workers;
		const char *key;
		const char *words;
	} rows[] = {
		{.main = {1, {9}}, .key = "lcores.main", .words = "names CPU 9"},
		{.io = {3, {1, 2, 7}}, .key = "lcores.io", .words = "names CPU 7"},
		{.workers = {1, {0}}, .key = "lcores.workers", .words = "names CPU 0"},
	};
	const struct config_cpus cpus = {3, {1, 2, 3}};
	struct topology topology = made_topology_of(&cpus);

	(void)state;
	for (unsigned i = 0; i < RTE_DIM(rows); i++) {
		struct config config = {
			.main_cpu = rows[i].main,
			.io_cpus = rows[i].io,
			.worker_cpus = rows[i].workers};
		struct lcore_plan plan;
		struct error error = {0};

		assert_false(lcore_plan_make(&plan, &config, &topology, &error));
		assert_string_equal(error.setting, rows[i].key);
		assert_non_null(strstr(error.text, rows[i].words));
		assert_non_null(strstr(error.text, "it has 3 CPUs, the first is 1"));
		assert_true(error.text[strlen(error.text) - 1] != '.');
	}
}

static void
test_no_cpus(void **state)
{
	struct config config = {0};
	struct topology topology = made_topology(1, 0);
	struct lcore_plan plan;
	struct error error = {0};

	(void)state;
	assert_false(lcore_plan_make(&plan, &config, &topology, &error));
	assert_true(*error.text != '\0');
}

static void
test_eal_argument(void **state)
{
	struct config config = {.main_cpu = {1, {7}}, .io_cpus = {1, {2}}};
	const struct config_cpus cpus = {3, {2, 7, 1000}};
	struct topology topology = made_topology_of(&cpus);
	struct lcore_plan plan;
	struct error error;
	char text[64];

	(void)state;
	assert_true(lcore_plan_make(&plan, &config, &topology, &error));
	lcore_plan_eal(&plan, text, sizeof(text));
	assert_string_equal(text, "0@7,1@2,2@1000");
	memset(text, 'x', sizeof(text)); // a short buffer is cut, not overrun
	lcore_plan_eal(&plan, text, 6);
	assert_string_equal(text, "0@7,1");
	assert_int_equal(text[6], 'x');
}

// The most lcores there can be, with the longest numbers, in as much room as eal.c gives.
static void
test_longest_eal_argument(void **state)
{
	struct config_cpus cpus = first_cpus(CONFIG_CPUS_MAX);
	struct config config = {.io_cpus = cpus, .worker_cpus = cpus};
	struct lcore_plan plan;
	struct error error;
	char text[8 * LCORES_MAX];

	(void)state;
	for (unsigned i = 0; i < CONFIG_CPUS_MAX; i++)
		cpus.items[i] = config.io_cpus.items[i] = config.worker_cpus.items[i] = 4000 + i;
	struct topology topology = made_topology_of(&cpus);

	assert_true(lcore_plan_make(&plan, &config, &topology, &error));
	lcore_plan_eal(&plan, text, sizeof(text));
	assert_non_null(strstr(text, ",64@4063"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_default_cpus),
		cmocka_unit_test(test_configured_cpus),
		cmocka_unit_test(test_every_number_of_cpus),
		cmocka_unit_test(test_cpu_that_weir_may_not_use),
		cmocka_unit_test(test_no_cpus),
		cmocka_unit_test(test_eal_argument),
		cmocka_unit_test(test_longest_eal_argument),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
