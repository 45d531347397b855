// SPDX-License-Identifier: BSD-3-Clause
// app/weir/setup/lcore_plan.h on machines with several NUMA nodes: which CPUs are chosen, which io lcores poll which
// ports, and where their memory is.

#include "../../app/weir/setup/lcore_plan.h"
#include "../support/cmocka_wrap.h"
#include "../support/made_topology.h"

#include <rte_common.h>

#include <stdio.h>
#include <string.h>

enum { ANY = TOPOLOGY_ANY_NODE };

struct row {
	const char *name;
	unsigned nodes, cpus; // of a node
	unsigned ports;
	int devices[2]; // nodes of ports
	struct config_cpus isolated, forbidden;
	struct config_cpus main, io, workers; // asked for
	uint32_t queues; // driver.queues
	// Lists of CPUs, then of each port its pollers and the node of its memory.
	const char *plan;
};

static size_t
add_list(char *text, size_t size, size_t at, const struct lcore_plan *plan, bool io)
{
	for (unsigned number = 0; number < (io ? plan->io_count : plan->worker_count); number++) {
		unsigned i = io ? lcore_plan_io(plan, number) : lcore_plan_worker(plan, number);

		at += (size_t)snprintf(text + at, size - at, " %u", plan->lcores[i].cpu);
	}
	return at;
}

// "main 0, io 1 2, workers 3 4; 0 by 1 2 from 0": a port's device, the CPUs that poll its queues, the node of its
// memory.
static void
plan_text(const struct lcore_plan *plan, const struct config *config, char *text, size_t size)
{
	size_t at = (size_t)snprintf(text, size, "main %u, io", plan->main_cpu);

	at = add_list(text, size, at, plan, true);
	at += (size_t)snprintf(text + at, size - at, ", workers");
	at = add_list(text, size, at, plan, false);
	for (unsigned p = 0; p < config->port_count; p++) {
		at += (size_t)snprintf(text + at, size - at, "; %d by", plan->ports[p].node);
		for (unsigned q = 0; q < lcore_plan_queues(plan, p, config); q++) {
			unsigned lcore = lcore_plan_io(plan, lcore_plan_poller(plan, p, q));

			at += (size_t
			)snprintf(text + at, size - at, " %u", plan->lcores[lcore].cpu);
		}
		at += (size_t
		)snprintf(text + at, size - at, " from %d", plan->ports[p].memory_node);
	}
}

static struct topology
topology_of(const struct row *row)
{
	struct topology topology = made_topology(row->nodes, row->cpus);
	unsigned count = 0;

	for (unsigned i = 0; i < row->isolated.count; i++)
		topology.cpus[row->isolated.items[i]].isolated = true;
	for (unsigned i = 0; i < topology.count; i++) {
		bool forbidden = false;

		for (unsigned f = 0; f < row->forbidden.count; f++)
			forbidden |= row->forbidden.items[f] == topology.cpus[i].number;
		if (!forbidden)
			topology.cpus[count++] = topology.cpus[i];
	}
	topology.count = count;
	for (unsigned p = 0; p < row->ports; p++)
		topology.devices[p] = row->devices[p];
	return topology;
}

static void
check_rows(const struct row *rows, unsigned count)
{
	for (unsigned i = 0; i < count; i++) {
		const struct row *row = &rows[i];
		struct topology topology = topology_of(row);
		struct config config = {
			.main_cpu = row->main,
			.io_cpus = row->io,
			.worker_cpus = row->workers,
			.queues = row->queues,
			.port_count = row->ports,
		};
		struct lcore_plan plan;
		struct error error;
		char text[512];

		assert_true(lcore_plan_make(&plan, &config, &topology, &error));
		plan_text(&plan, &config, text, sizeof(text));
		if (strcmp(text, row->plan) != 0)
			fail_msg("%s: %s, not %s", row->name, text, row->plan);
		assert_int_equal(
			lcore_plan_ios_on(&plan, 0) + lcore_plan_ios_on(&plan, 1), plan.io_count
		);
		assert_int_equal(lcore_plan_workers_on(&plan, LCORE_ANY_NODE), plan.worker_count);
		for (unsigned l = 0; l < plan.count; l++)
			assert_int_equal(plan.lcores[l].node, plan.lcores[l].cpu / row->cpus);
	}
}

static const struct row chosen[] = {
	{"a card on each node",
	 .nodes = 2,
	 .cpus = 4,
	 .ports = 2,
	 .devices = {0, 1},
	 .plan = "main 0, io 1 4 5, workers 2 3 6 7; 0 by 1 from 0; 1 by 4 5 from 1"},
	{"a card on the second node",
	 .nodes = 2,
	 .cpus = 4,
	 .ports = 1,
	 .devices = {1},
	 .plan = "main 4, io 5, workers 6 7; 1 by 5 from 1"},
	{"two cards on the first node",
	 .nodes = 2,
	 .cpus = 3,
	 .ports = 2,
	 .devices = {0, 0},
	 .plan = "main 0, io 1, workers 2; 0 by 1 from 0; 0 by 1 from 0"},
	{"one socket",
	 .nodes = 1,
	 .cpus = 5,
	 .ports = 2,
	 .devices = {0, ANY},
	 .plan = "main 0, io 1 2, workers 3 4; 0 by 1 2 from 0; -1 by 1 2 from 0"},
	{"no node is told: one node is enough",
	 .nodes = 2,
	 .cpus = 3,
	 .ports = 1,
	 .devices = {ANY},
	 .plan = "main 0, io 1, workers 2; -1 by 1 from 0"},
	{"no node is told: the node with the most CPUs",
	 .nodes = 2,
	 .cpus = 3,
	 .ports = 1,
	 .devices = {ANY},
	 .forbidden = {1, {1}},
	 .plan = "main 3, io 4, workers 5; -1 by 4 from 1"},
	{"a node without CPUs of ours",
	 .nodes = 2,
	 .cpus = 3,
	 .ports = 1,
	 .devices = {1},
	 .forbidden = {3, {3, 4, 5}},
	 .plan = "main 0, io 1, workers 2; 1 by 1 from 1"},
	{"one CPU on the card's node: it is an lcore",
	 .nodes = 2,
	 .cpus = 2,
	 .ports = 1,
	 .devices = {0},
	 .forbidden = {1, {1}},
	 .plan = "main 2, io 0, workers 0; 0 by 0 from 0"},
	{"one CPU on each node",
	 .nodes = 2,
	 .cpus = 1,
	 .ports = 2,
	 .devices = {0, 1},
	 .plan = "main 0, io 1, workers 1; 0 by 1 from 0; 1 by 1 from 1"},
	{"the only CPU of the node is asked for as main",
	 .nodes = 2,
	 .cpus = 2,
	 .ports = 1,
	 .devices = {0},
	 .forbidden = {1, {1}},
	 .main = {1, {0}},
	 .plan = "main 0, io 2, workers 3; 0 by 2 from 0"},
};

static void
test_chosen(void **state)
{
	(void)state;
	check_rows(chosen, RTE_DIM(chosen));
}

static void
test_isolated(void **state)
{
	static const struct row rows[] = {
		{"lcores on isolated CPUs, the control thread on another",
		 .nodes = 1,
		 .cpus = 6,
		 .ports = 1,
		 .devices = {ANY},
		 .isolated = {3, {0, 2, 4}},
		 .plan = "main 1, io 0, workers 2 4; -1 by 0 from 0"},
		{"isolated CPUs of one node",
		 .nodes = 2,
		 .cpus = 4,
		 .ports = 2,
		 .devices = {0, 1},
		 .isolated = {2, {6, 7}},
		 .plan = "main 0, io 1 6, workers 2 3 7; 0 by 1 from 0; 1 by 6 from 1"},
		{"isolated CPUs of a node without a card do not matter",
		 .nodes = 2,
		 .cpus = 3,
		 .ports = 1,
		 .devices = {0},
		 .isolated = {2, {4, 5}},
		 .plan = "main 0, io 1, workers 2; 0 by 1 from 0"},
		{"all are isolated",
		 .nodes = 1,
		 .cpus = 3,
		 .ports = 1,
		 .devices = {0},
		 .isolated = {3, {0, 1, 2}},
		 .plan = "main 0, io 1, workers 2; 0 by 1 from 0"},
	};

	(void)state;
	check_rows(rows, RTE_DIM(rows));
}

static void
test_asked_for(void **state)
{
	static const struct row rows[] = {
		{"workers go where the io lcores are",
		 .nodes = 2,
		 .cpus = 3,
		 .ports = 1,
		 .devices = {0},
		 .io = {1, {4}},
		 .plan = "main 0, io 4, workers 3 5; 0 by 4 from 0"},
		{"each port has its own lcores",
		 .nodes = 2,
		 .cpus = 4,
		 .ports = 2,
		 .devices = {1, 0},
		 .io = {3, {1, 5, 6}},
		 .workers = {1, {2}},
		 .plan = "main 0, io 1 5 6, workers 2; 1 by 5 6 from 1; 0 by 1 from 0"},
		{"lcores of a node without a port help",
		 .nodes = 2,
		 .cpus = 3,
		 .ports = 1,
		 .devices = {1},
		 .io = {2, {1, 4}},
		 .workers = {1, {5}},
		 .plan = "main 3, io 1 4, workers 5; 1 by 4 1 from 1"},
		{"with fewer queues, near lcores come first",
		 .nodes = 2,
		 .cpus = 3,
		 .ports = 1,
		 .devices = {1},
		 .io = {2, {1, 4}},
		 .workers = {1, {5}},
		 .queues = 1,
		 .plan = "main 3, io 1 4, workers 5; 1 by 4 from 1"},
		{"a port whose node has no io lcore is polled by all",
		 .nodes = 2,
		 .cpus = 4,
		 .ports = 2,
		 .devices = {0, 1},
		 .io = {2, {1, 2}},
		 .workers = {1, {3}},
		 .plan = "main 0, io 1 2, workers 3; 0 by 1 2 from 0; 1 by 1 2 from 1"},
		{"memory of a device that does not tell is near its first poller",
		 .nodes = 2,
		 .cpus = 2,
		 .ports = 1,
		 .devices = {ANY},
		 .io = {1, {3}},
		 .plan = "main 0, io 3, workers 2; -1 by 3 from 1"},
	};

	(void)state;
	check_rows(rows, RTE_DIM(rows));
}

// More CPUs than there can be lcores: each node has its part of them.
static void
test_many_cpus(void **state)
{
	struct topology topology = made_topology(2, 256);
	struct config config = {.port_count = 2, .io_cpus = {1, {511}}};
	struct lcore_plan plan;
	struct error error;

	(void)state;
	assert_true(lcore_plan_make(&plan, &config, &topology, &error));
	assert_int_equal(plan.worker_count, CONFIG_CPUS_MAX);
	config.io_cpus.count = 0;
	topology.devices[0] = 1;
	topology.devices[1] = 0;
	assert_true(lcore_plan_make(&plan, &config, &topology, &error));
	assert_int_equal(plan.count, CONFIG_CPUS_MAX);
	assert_int_equal(lcore_plan_ios_on(&plan, 0), CONFIG_CPUS_MAX / 4);
	assert_int_equal(lcore_plan_workers_on(&plan, 1), CONFIG_CPUS_MAX / 4);
	assert_int_equal(plan.ports[0].poller_count, CONFIG_CPUS_MAX / 4);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_chosen),
		cmocka_unit_test(test_isolated),
		cmocka_unit_test(test_asked_for),
		cmocka_unit_test(test_many_cpus),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
