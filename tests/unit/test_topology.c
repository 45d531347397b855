// SPDX-License-Identifier: BSD-3-Clause
// app/weir/setup/topology.h: CPUs and devices of machines made of files, and of this one.

#include "../../app/weir/setup/topology.h"
#include "../support/cmocka_wrap.h"
#include "../support/config_file.h"
#include "../support/made_topology.h"

#include <sched.h>
#include <stdio.h>
#include <string.h>

static const char node0_cpus[] = "sys/devices/system/node/node0/cpulist";
static const char node1_cpus[] = "sys/devices/system/node/node1/cpulist";
static const char online[] = "sys/devices/system/cpu/online";

static struct machine
machine_here(void)
{
	return (struct machine){.root = temp.folder};
}

static void
test_cpus(void **state)
{
	const struct machine machine = machine_here();
	struct topology topology;

	(void)state;
	made_file(online, "0-3,8,1022-1023\n");
	made_file("sys/devices/system/cpu/isolated", "2-3,8\n");
	made_file(node0_cpus, "0-2\n");
	made_file(node1_cpus, "3,8-1023\n");
	made_file("sys/devices/system/node/node2/cpulist", "\n"); // memory alone
	assert_true(topology_read_all(&topology, &machine));
	assert_int_equal(topology.count, 7);
	assert_int_equal(topology.cpus[2].number, 2);
	assert_int_equal(topology.cpus[2].node, 0);
	assert_true(topology.cpus[2].isolated && !topology.cpus[1].isolated);
	assert_int_equal(topology_cpu(&topology, 8)->node, 1);
	assert_true(topology_cpu(&topology, 8)->isolated);
	assert_int_equal(topology.cpus[6].number, 1023);
	assert_null(topology_cpu(&topology, 4));
	assert_int_equal(topology_cpus_on(&topology, 0), 3);
	assert_int_equal(topology_cpus_on(&topology, 1), 4);
	assert_int_equal(topology_cpus_on(&topology, 2), 0);
	for (unsigned p = 0; p < CONFIG_PORTS_MAX; p++)
		assert_int_equal(topology.devices[p], TOPOLOGY_ANY_NODE);
}

// A kernel without NUMA tells no nodes; nothing at all is no machine.
static void
test_little_is_told(void **state)
{
	static const char *const wrong[] = {"", "\n", "none\n", "-\n", "1024-1030\n"};
	const struct machine machine = machine_here(), nowhere = {.root = "/nowhere"};
	struct topology topology;

	(void)state;
	assert_false(topology_read_all(&topology, &nowhere));
	made_file(online, "0-1");
	assert_true(topology_read_all(&topology, &machine));
	assert_int_equal(topology.count, 2);
	assert_int_equal(topology.cpus[1].node, 0);
	for (unsigned i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		made_file(online, wrong[i]);
		assert_false(topology_read_all(&topology, &machine));
		assert_int_equal(topology.count, 0);
	}
}

static void
test_devices(void **state)
{
	static const struct {
		const char *device, *text; // NULL: there is no file
		int node;
	} rows[] = {
		{"0000:3b:00.0", "1\n", 1},
		{"0000:3b:00.1", "-1\n", TOPOLOGY_ANY_NODE},
		{"0000:3b:00.2", NULL, TOPOLOGY_ANY_NODE},
		{"0000:3b:00.3", "7\n", TOPOLOGY_ANY_NODE}, // a node that the machine does not have
		{"0000:3b:00.4", "64\n", TOPOLOGY_ANY_NODE},
		{"0000:3b:00.5", "far\n", TOPOLOGY_ANY_NODE},
		{"net_tap0", "1\n", TOPOLOGY_ANY_NODE},
		{"", "1\n", TOPOLOGY_ANY_NODE},
	};
	const struct machine machine = machine_here();
	struct config config = {.port_count = CONFIG_PORTS_MAX};
	struct topology topology;
	char path[128];

	(void)state;
	made_file(node0_cpus, "0-2\n");
	made_file(node1_cpus, "3\n");
	for (unsigned p = 0; p < CONFIG_PORTS_MAX; p++) {
		config.ports[p].device = rows[p].device;
		snprintf(path, sizeof(path), "sys/bus/pci/devices/%s/numa_node", rows[p].device);
		if (rows[p].text != NULL)
			made_file(path, rows[p].text);
	}
	topology_read_devices(&topology, &machine, &config);
	for (unsigned p = 0; p < CONFIG_PORTS_MAX; p++)
		if (topology.devices[p] != rows[p].node)
			fail_msg("%s: node %d", rows[p].device, topology.devices[p]);
	made_file("sys/bus/pci/devices/0000:3b:00.0/class", "0x020000\n");
	assert_true(topology_has_device(&machine, "0000:3b:00.0"));
	assert_false(topology_has_device(&machine, "0000:3c:00.0"));
}

// What the kernel lets this process run on, whatever the machine has.
static void
test_this_machine(void **state)
{
	const struct machine machine = {.root = ""};
	struct topology topology;
	cpu_set_t set;

	(void)state;
	topology_read(&topology, &machine);
	assert_int_equal(sched_getaffinity(0, sizeof(set), &set), 0);
	assert_int_equal(topology.count, CPU_COUNT(&set));
	for (unsigned i = 0; i < topology.count; i++) {
		assert_true(CPU_ISSET(topology.cpus[i].number, &set));
		assert_true(i == 0 || topology.cpus[i - 1].number < topology.cpus[i].number);
		assert_in_range(topology.cpus[i].node, 0, MACHINE_NODES_MAX - 1);
	}
}

// The path of a root comes from the command line.
static void
test_long_path(void **state)
{
	static char root[8192];
	const struct machine machine = {.root = root};

	(void)state;
	memset(root, '/', sizeof(root) - 1);
	assert_null(machine_open(&machine, "%s", online));
	root[4090] = '\0';
	assert_null(machine_open(&machine, "%s", online));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_cpus, temp_setup, temp_teardown),
		cmocka_unit_test_setup_teardown(test_little_is_told, temp_setup, temp_teardown),
		cmocka_unit_test_setup_teardown(test_devices, temp_setup, temp_teardown),
		cmocka_unit_test(test_this_machine),
		cmocka_unit_test(test_long_path),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
