// SPDX-License-Identifier: BSD-3-Clause

#include "lcore_choose.h"

#include <string.h>

struct nodes {
	unsigned count;
	bool has[MACHINE_NODES_MAX];
};

static void
add_node(struct nodes *nodes, int node)
{
	nodes->count += !nodes->has[node];
	nodes->has[node] = true;
}

static struct nodes
nodes_of_ports(const struct topology *topology, unsigned port_count)
{
	struct nodes nodes = {0};
	int fullest = 0;

	for (unsigned p = 0; p < port_count; p++)
		if (topology->devices[p] != TOPOLOGY_ANY_NODE
		    && topology_cpus_on(topology, topology->devices[p]) > 0)
			add_node(&nodes, topology->devices[p]);
	if (nodes.count > 0)
		return nodes;
	for (int node = 1; node < MACHINE_NODES_MAX; node++)
		if (topology_cpus_on(topology, node) > topology_cpus_on(topology, fullest))
			fullest = node;
	add_node(&nodes, fullest);
	return nodes;
}

// How little a CPU suits the control thread.
static unsigned
main_badness(
	const struct topology *topology,
	const struct nodes *nodes,
	const struct topology_cpu *cpu
)
{
	bool near = nodes->has[cpu->node];
	bool alone = near && topology_cpus_on(topology, cpu->node) == 1;

	return 4 * alone + 2 * cpu->isolated + !near;
}

unsigned
lcore_choose_main(const struct topology *topology, unsigned port_count)
{
	struct nodes nodes = nodes_of_ports(topology, port_count);
	const struct topology_cpu *best = &topology->cpus[0];

	for (unsigned i = 1; i < topology->count; i++) {
		const struct topology_cpu *cpu = &topology->cpus[i];

		if (main_badness(topology, &nodes, cpu) < main_badness(topology, &nodes, best))
			best = cpu;
	}
	return best->number;
}

static bool
contains(const struct config_cpus *cpus, unsigned number)
{
	for (unsigned i = 0; i < cpus->count; i++)
		if (cpus->items[i] == number)
			return true;
	return false;
}

static void
append(struct config_cpus *to, const struct config_cpus *from, unsigned first, unsigned count)
{
	memcpy(to->items + to->count, from->items + first, count * sizeof(to->items[0]));
	to->count += count;
}

struct choice {
	const struct topology *topology;
	unsigned main_cpu;
	const struct config_cpus *taken; // by the other list
	unsigned max; // CPUs of a node
};

// CPUs of a node that nothing has taken.
static struct config_cpus
rest_on(const struct choice *choice, int node)
{
	struct config_cpus rest = {0}, isolated = {0};

	for (unsigned i = 0; i < choice->topology->count; i++) {
		const struct topology_cpu *cpu = &choice->topology->cpus[i];

		if (cpu->node != node || cpu->number == choice->main_cpu
		    || contains(choice->taken, cpu->number))
			continue;
		if (rest.count < choice->max)
			rest.items[rest.count++] = cpu->number;
		if (cpu->isolated && isolated.count < choice->max)
			isolated.items[isolated.count++] = cpu->number;
	}
	return isolated.count > 0 ? isolated : rest;
}

static void
share(const struct config_cpus *rest, struct config_cpus *io, struct config_cpus *workers)
{
	unsigned half = rest->count / 2;

	append(io, rest, 0, rest->count == 1 ? 1 : half);
	append(workers, rest, half, rest->count - half);
}

// Where no node of a port has a CPU left: the node with the most of them.
static struct config_cpus
rest_elsewhere(const struct choice *choice)
{
	struct config_cpus best = {0};

	for (int node = 0; node < MACHINE_NODES_MAX; node++) {
		struct config_cpus rest = rest_on(choice, node);

		if (rest.count > best.count)
			best = rest;
	}
	return best.count > 0 ? best : (struct config_cpus){1, {choice->main_cpu}};
}

static void
choose_both(
	struct choice *choice,
	unsigned port_count,
	struct config_cpus *io,
	struct config_cpus *workers
)
{
	struct nodes nodes = nodes_of_ports(choice->topology, port_count);
	struct config_cpus rest;

	choice->max = CONFIG_CPUS_MAX / nodes.count;
	for (int node = 0; node < MACHINE_NODES_MAX; node++) {
		if (!nodes.has[node])
			continue;
		rest = rest_on(choice, node);
		share(&rest, io, workers);
	}
	if (io->count > 0)
		return;
	rest = rest_elsewhere(choice);
	share(&rest, io, workers);
}

// The rest of the nodes that the other list is on.
static void
choose_other(struct choice *choice, struct config_cpus *other)
{
	struct nodes nodes = {0};

	for (unsigned i = 0; i < choice->taken->count; i++)
		add_node(&nodes, topology_cpu(choice->topology, choice->taken->items[i])->node);
	choice->max = CONFIG_CPUS_MAX / nodes.count;
	for (int node = 0; node < MACHINE_NODES_MAX; node++) {
		struct config_cpus rest = {0};

		if (nodes.has[node])
			rest = rest_on(choice, node);
		append(other, &rest, 0, rest.count);
	}
	if (other->count == 0)
		*other = *choice->taken;
}

void
lcore_choose(
	const struct topology *topology,
	unsigned port_count,
	unsigned main_cpu,
	struct config_cpus *io,
	struct config_cpus *workers
)
{
	const struct config_cpus nothing = {0};
	struct choice choice = {.topology = topology, .main_cpu = main_cpu, .taken = &nothing};

	if (io->count == 0 && workers->count == 0) {
		choose_both(&choice, port_count, io, workers);
		return;
	}
	choice.taken = io->count > 0 ? io : workers;
	if (io->count == 0 || workers->count == 0)
		choose_other(&choice, io->count > 0 ? workers : io);
}
