// SPDX-License-Identifier: BSD-3-Clause
// app/weir/setup/plan_cross.h and plan_load.h: what a plan says about nodes, and what lcores have to do and can do.

#include "../../app/weir/setup/plan_cross.h"
#include "../../app/weir/setup/plan_load.h"
#include "../support/cmocka_wrap.h"
#include "../support/made_topology.h"

#include <rte_common.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ANY = TOPOLOGY_ANY_NODE };

struct row {
	const char *name;
	unsigned nodes, cpus; // of a node
	unsigned ports;
	int devices[2];
	struct config_cpus main, io, workers;
	bool plain; // memory without huge pages
	const char *words[3]; // of each line that is said, in order
};

static struct config config;
static struct weir weir;
static char *lines;

static void
make(const struct row *row)
{
	struct error error;
	size_t size;

	config = (struct config){
		.main_cpu = row->main,
		.io_cpus = row->io,
		.worker_cpus = row->workers,
		.port_count = row->ports,
		.ports = {{.device = "0000:3b:00.0"}, {.device = "0000:af:00.0"}},
		.hugepages = row->plain ? CONFIG_HUGEPAGES_NO : CONFIG_HUGEPAGES_YES,
		.max_peers = 1800,
		.interval_s = 1800,
	};
	weir = (struct weir){.config = &config, .topology = made_topology(row->nodes, row->cpus)};
	for (unsigned p = 0; p < row->ports; p++)
		weir.topology.devices[p] = row->devices[p];
	assert_true(lcore_plan_make(&weir.plan, &config, &weir.topology, &error));
	free(lines);
	FILE *out = open_memstream(&lines, &size);

	plan_cross_tell(&weir, out);
	fclose(out);
}

static const struct row crossings[] = {
	{"one node", .nodes = 1, .cpus = 4, .ports = 2, .devices = {0, ANY}},
	{"one node without huge pages",
	 .nodes = 1,
	 .cpus = 4,
	 .ports = 1,
	 .devices = {ANY},
	 .plain = true},
	{"a card on one of two nodes", .nodes = 2, .cpus = 4, .ports = 1, .devices = {1}},
	{"a device that does not tell", .nodes = 2, .cpus = 4, .ports = 1, .devices = {ANY}},
	{"a card on each node",
	 .nodes = 2,
	 .cpus = 5,
	 .ports = 2,
	 .devices = {0, 1},
	 .words = {"50 % of announces go to a worker of another NUMA node: torrents are"}},
	{"the wrong CPUs",
	 .nodes = 2,
	 .cpus = 4,
	 .ports = 1,
	 .devices = {1},
	 .main = {1, {0}},
	 .io = {2, {1, 2}},
	 .words = {"port 0000:3b:00.0 is on NUMA node 1, and is polled from another "
		   "node by lcore 1 (CPU 1, node 0), lcore 2 (CPU 2, node 0): name CPUs of "
		   "node 1 in "
		   "lcores.io"}},
	{"no CPU of the node",
	 .nodes = 1,
	 .cpus = 3,
	 .ports = 1,
	 .devices = {1},
	 .words = {"Weir may use no CPU of node 1: let it (CPUAffinity="}},
	{"workers far from the card",
	 .nodes = 2,
	 .cpus = 4,
	 .ports = 1,
	 .devices = {0},
	 .io = {1, {1}},
	 .workers = {4, {2, 3, 5, 6}},
	 .words = {"50 % of announces go to a worker of another NUMA node: name only "
		   "CPUs of node 0 in lcores.io and lcores.workers"}},
	{"io lcores on both nodes, the card on one",
	 .nodes = 2,
	 .cpus = 4,
	 .ports = 1,
	 .devices = {1},
	 .io = {2, {1, 5}},
	 .workers = {2, {2, 6}},
	 .words =
		 {"port 0000:3b:00.0 is on NUMA node 1",
		  "50 % of announces go to a worker of another NUMA node: name only CPUs "
		  "of "
		  "node 1 in"}},
	{"the control thread far from all lcores",
	 .nodes = 2,
	 .cpus = 4,
	 .ports = 1,
	 .devices = {1},
	 .main = {1, {2}},
	 .words = {"settings and lists are on NUMA node 0, with the control thread, and all "
		   "lcores are on others: name a CPU of node 1 in lcores.main"}},
	{"several nodes without huge pages",
	 .nodes = 2,
	 .cpus = 4,
	 .ports = 1,
	 .devices = {ANY},
	 .io = {1, {1}},
	 .workers = {1, {4}},
	 .plain = true,
	 .words = {"100 % of announces", "set memory.hugepages = \"yes\""}},
};

static void
test_lines(void **state)
{
	(void)state;
	for (unsigned i = 0; i < RTE_DIM(crossings); i++) {
		char *rest = NULL;
		unsigned count = 0;

		make(&crossings[i]);
		for (char *line = strtok_r(lines, "\n", &rest); line != NULL;
		     line = strtok_r(NULL, "\n", &rest)) {
			const char *words = count < 3 ? crossings[i].words[count++] : NULL;

			if (words == NULL || strstr(line, words) == NULL)
				fail_msg("%s: %s, not %s", crossings[i].name, line, words);
		}
		if (count < 3 && crossings[i].words[count] != NULL)
			fail_msg("%s: no %s", crossings[i].name, crossings[i].words[count]);
	}
}

static void
assert_near(double value, double expected)
{
	if (fabs(value - expected) > 1e-9)
		fail_msg("%g, not %g", value, expected);
}

// What all lcores have is everything, once.
static void
test_shares(void **state)
{
	const struct row row = {.nodes = 2, .cpus = 6, .ports = 2, .devices = {0, 1}};
	double clients = 0, torrents = 0;

	(void)state;
	make(&row);
	for (unsigned i = 0; i < weir.plan.count; i++) {
		struct plan_load load = plan_load_of(&weir, i);
		const struct lcore_role *role = &weir.plan.lcores[i];

		clients += load.clients;
		torrents += load.torrents;
		assert_true((load.clients > 0) == (role->io != LCORE_NO_ROLE));
		assert_true((load.torrents > 0) == (role->worker != LCORE_NO_ROLE));
	}
	assert_near(clients, 1);
	assert_near(torrents, 1);
	// Of node 0 the control thread has a CPU: 2 io lcores and 3 workers there, 3 and 3 on the other.
	assert_near(plan_load_of(&weir, 0).clients, 0.25);
	assert_near(plan_cross_share(&weir), 0.5);
	assert_near(plan_load_requests(&config), 2); // an announce and a connect a second
	assert_near(plan_load_of(&weir, 0).requests_s, 0.5);
	assert_near(plan_load_of(&weir, lcore_plan_worker(&weir.plan, 0)).requests_s, 1.0 / 6);
}

static void
test_rates(void **state)
{
	const struct row split = {.nodes = 1, .cpus = 4, .ports = 1, .devices = {0}};
	const struct row both = {.nodes = 1, .cpus = 2, .ports = 1, .devices = {0}};

	(void)state;
	make(&split); // an io lcore and two workers
	const struct plan_rate *io = plan_load_of(&weir, 0).rate;

	assert_string_equal(io->role, "io");
	assert_string_equal(io->device, "card");
	assert_near(plan_load_limit(&weir), io->requests_s);
	make(&both);
	const struct plan_rate *single = plan_load_of(&weir, 0).rate;

	assert_string_equal(single->role, "both");
	assert_true(single->requests_s < io->requests_s);
	assert_near(plan_load_limit(&weir), single->requests_s);
	config.driver_virtual = true;
	assert_string_equal(plan_load_of(&weir, 0).rate->device, "virtual");
	config.queues = 1;
	config.io_cpus = (struct config_cpus){2, {0, 1}};
	struct error error;

	assert_true(lcore_plan_make(&weir.plan, &config, &weir.topology, &error));
	assert_near(plan_load_of(&weir, lcore_plan_io(&weir.plan, 1)).clients, 0); // no queue
	free(lines);
	lines = NULL;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_shares),
		cmocka_unit_test(test_rates),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
