// SPDX-License-Identifier: BSD-3-Clause
// The CPUs that Weir may use and the devices of its ports, each with its NUMA node: of this machine, or of one
// that is described by files.

#pragma once

#include "../config/config.h"
#include "machine.h"

#include <stdbool.h>
#include <stdint.h>

enum {
	TOPOLOGY_CPUS_MAX = 1024, // as many as the affinity of a process has
	TOPOLOGY_ANY_NODE =
		-1, // of a device that is as near to each node as to the others, or does not tell
};

struct topology_cpu {
	uint16_t number;
	int16_t node; // 0 if the machine does not tell
	bool isolated; // the scheduler keeps others away from it
};

struct topology {
	unsigned count; // CPUs
	struct topology_cpu cpus[TOPOLOGY_CPUS_MAX]; // by number, ascending
	int devices[CONFIG_PORTS_MAX]; // node of each port's device, or TOPOLOGY_ANY_NODE
};

// The CPUs that this process may run on; devices are on any node.
void topology_read(struct topology *topology, const struct machine *machine);

// The same with all CPUs of a machine. False: it does not tell which it has.
bool topology_read_all(struct topology *topology, const struct machine *machine);

// Whether the PCI bus has a device of this address.
bool topology_has_device(const struct machine *machine, const char *address);

// Finds the node of each port's device that is on the PCI bus.
void topology_read_devices(
	struct topology *topology,
	const struct machine *machine,
	const struct config *config
);

// NULL: Weir may not use this CPU.
const struct topology_cpu *topology_cpu(const struct topology *topology, unsigned number);

// CPUs of a node that Weir may use.
unsigned topology_cpus_on(const struct topology *topology, int node);
