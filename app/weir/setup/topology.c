// SPDX-License-Identifier: BSD-3-Clause

#include "topology.h"

#include "../config/pci_address.h"

#include <sched.h>
#include <stdio.h>

// A list of CPUs as the kernel writes it: "0-3,8". False: there is none, or it is empty.
static bool
read_list(FILE *file, cpu_set_t *set)
{
	unsigned first, last;

	CPU_ZERO(set);
	while (file != NULL && fscanf(file, "%u", &first) == 1) {
		if (fscanf(file, "-%u", &last) != 1)
			last = first;
		for (unsigned cpu = first; cpu <= last && cpu < TOPOLOGY_CPUS_MAX; cpu++)
			CPU_SET(cpu, set);
		if (fgetc(file) != ',')
			break;
	}
	if (file != NULL)
		fclose(file);
	return CPU_COUNT(set) > 0;
}

static void
read_nodes(struct topology *topology, const struct machine *machine)
{
	for (int node = 0; node < MACHINE_NODES_MAX; node++) {
		cpu_set_t here;

		if (!read_list(
			    machine_open(machine, "/sys/devices/system/node/node%d/cpulist", node),
			    &here
		    ))
			continue;
		for (unsigned i = 0; i < topology->count; i++)
			if (CPU_ISSET(topology->cpus[i].number, &here))
				topology->cpus[i].node = (int16_t)node;
	}
}

static void
fill(struct topology *topology, const struct machine *machine, const cpu_set_t *cpus)
{
	cpu_set_t isolated;

	read_list(machine_open(machine, "/sys/devices/system/cpu/isolated"), &isolated);
	topology->count = 0;
	for (unsigned cpu = 0; cpu < TOPOLOGY_CPUS_MAX; cpu++)
		if (CPU_ISSET(cpu, cpus))
			topology->cpus[topology->count++] = (struct topology_cpu){
				.number = (uint16_t)cpu,
				.isolated = CPU_ISSET(cpu, &isolated),
			};
	read_nodes(topology, machine);
	for (unsigned p = 0; p < CONFIG_PORTS_MAX; p++)
		topology->devices[p] = TOPOLOGY_ANY_NODE;
}

void
topology_read(struct topology *topology, const struct machine *machine)
{
	cpu_set_t cpus;

	if (sched_getaffinity(0, sizeof(cpus), &cpus) != 0)
		CPU_ZERO(&cpus);
	fill(topology, machine, &cpus);
}

bool
topology_read_all(struct topology *topology, const struct machine *machine)
{
	cpu_set_t cpus;
	bool some = read_list(machine_open(machine, "/sys/devices/system/cpu/online"), &cpus);

	fill(topology, machine, &cpus);
	return some;
}

bool
topology_has_device(const struct machine *machine, const char *address)
{
	FILE *file = machine_open(machine, "/sys/bus/pci/devices/%s/class", address);

	if (file != NULL)
		fclose(file);
	return file != NULL;
}

static int
node_of_device(const struct machine *machine, const char *address)
{
	FILE *file = machine_open(machine, "/sys/bus/pci/devices/%s/numa_node", address);
	int node;

	if (file == NULL)
		return TOPOLOGY_ANY_NODE;
	if (fscanf(file, "%d", &node) != 1)
		node = TOPOLOGY_ANY_NODE;
	fclose(file);
	return node;
}

static bool
node_exists(const struct machine *machine, int node)
{
	FILE *file = machine_open(machine, "/sys/devices/system/node/node%d/cpulist", node);

	if (file != NULL)
		fclose(file);
	return file != NULL;
}

void
topology_read_devices(
	struct topology *topology,
	const struct machine *machine,
	const struct config *config
)
{
	for (unsigned p = 0; p < config->port_count; p++) {
		const char *device = config->ports[p].device;
		int node = pci_address_is_right(device) ? node_of_device(machine, device)
							: TOPOLOGY_ANY_NODE;

		topology->devices[p] =
			node >= 0 && node < MACHINE_NODES_MAX && node_exists(machine, node)
			? node
			: TOPOLOGY_ANY_NODE;
	}
}

const struct topology_cpu *
topology_cpu(const struct topology *topology, unsigned number)
{
	for (unsigned i = 0; i < topology->count; i++)
		if (topology->cpus[i].number == number)
			return &topology->cpus[i];
	return NULL;
}

unsigned
topology_cpus_on(const struct topology *topology, int node)
{
	unsigned count = 0;

	for (unsigned i = 0; i < topology->count; i++)
		count += topology->cpus[i].node == node;
	return count;
}
