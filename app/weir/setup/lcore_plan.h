// SPDX-License-Identifier: BSD-3-Clause
// The role of each CPU: the control thread on one, io and worker roles on the others; which io lcores poll which
// ports; and the NUMA node of all that, from which memory is taken. The start follows it, and `weir --plan` and
// `weir --check` print it.
//
// Lcore ids count from 0 (the control thread) and are mapped to CPUs, so a machine may have more CPUs
// than DPDK has lcores. An lcore may hold both roles; two polling lcores never share a
// CPU.

#pragma once

#include "../../common/error.h"
#include "../config/config.h"
#include "topology.h"

#include <stdbool.h>
#include <stddef.h>

enum {
	LCORE_NO_ROLE = -1,
	LCORE_ANY_NODE = -1, // for counts: all nodes together
	LCORES_MAX = 2 * CONFIG_CPUS_MAX,
};

struct lcore_role {
	unsigned cpu;
	int io; // number of its io role, or LCORE_NO_ROLE
	int worker; // number of its worker role, or LCORE_NO_ROLE
	int node;
};

struct port_plan {
	int node; // of its device, or TOPOLOGY_ANY_NODE
	int memory_node; // of its mbufs and descriptors: that of the device, else of its first poller
	unsigned poller_count; // 0 only if there is no io lcore
	uint8_t pollers[CONFIG_CPUS_MAX]; // numbers of io roles, the nearest first
};

struct lcore_plan {
	unsigned main_cpu;
	int main_node;
	unsigned count; // lcores 1 .. count
	unsigned io_count;
	unsigned worker_count;
	struct lcore_role lcores[LCORES_MAX]; // lcore id is index + 1
	struct port_plan ports[CONFIG_PORTS_MAX]; // by index in the configuration
};

// False, and an error with the setting, where the configuration asks for a CPU that Weir may not use.
//
// Where lists of CPUs are empty, lcore_choose.h decides. A port is polled by the io lcores of its node, and by those
// of nodes that have no port; if there are none of either, or its node is not known, by all io lcores.
bool lcore_plan_make(
	struct lcore_plan *plan,
	const struct config *config,
	const struct topology *topology,
	struct error *error
);

// Queue pairs that a port should have; the device may have fewer.
unsigned
lcore_plan_queues(const struct lcore_plan *plan, unsigned port, const struct config *config);

// Number of the io role that polls queue `queue` of a port.
unsigned lcore_plan_poller(const struct lcore_plan *plan, unsigned port, unsigned queue);

// Index in `lcores` of the lcore with a role.
unsigned lcore_plan_io(const struct lcore_plan *plan, unsigned io);
unsigned lcore_plan_worker(const struct lcore_plan *plan, unsigned worker);

// Numbers of roles on a node.
unsigned lcore_plan_ios_on(const struct lcore_plan *plan, int node);
unsigned lcore_plan_workers_on(const struct lcore_plan *plan, int node);

// Writes EAL's --lcores argument for a plan.
void lcore_plan_eal(const struct lcore_plan *plan, char *text, size_t size);
