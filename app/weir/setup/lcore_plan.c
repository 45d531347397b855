// SPDX-License-Identifier: BSD-3-Clause

#include "lcore_plan.h"

#include "lcore_choose.h"

#include <rte_common.h>

#include <stdio.h>
#include <string.h>

static bool
all_allowed(
	const struct config_cpus *wanted,
	const struct topology *topology,
	const char *setting,
	struct error *error
)
{
	for (unsigned i = 0; i < wanted->count; i++) {
		if (topology_cpu(topology, wanted->items[i]) != NULL)
			continue;
		return error_set(
			error,
			setting,
			"names CPU %u, which Weir may not use; it has %u CPUs, the first is %u: "
			"name others, or leave the list empty",
			wanted->items[i],
			topology->count,
			topology->cpus[0].number
		);
	}
	return true;
}

static struct lcore_role *
role_on(struct lcore_plan *plan, uint32_t cpu, const struct topology *topology)
{
	for (unsigned i = 0; i < plan->count; i++)
		if (plan->lcores[i].cpu == cpu)
			return &plan->lcores[i];
	struct lcore_role *role = &plan->lcores[plan->count++];

	*role = (struct lcore_role){
		cpu, LCORE_NO_ROLE, LCORE_NO_ROLE, topology_cpu(topology, cpu)->node};
	return role;
}

static bool
has_port(const struct lcore_plan *plan, unsigned port_count, int node)
{
	for (unsigned p = 0; p < port_count; p++)
		if (plan->ports[p].node == node)
			return true;
	return false;
}

// io lcores by their place: on the node of a port, on a node without a port, anywhere.
enum poller_kind { POLLER_NEAR, POLLER_FREE, POLLER_ANY };

// Adds the io lcores of a kind to the pollers of a port.
static void
add_pollers(
	const struct lcore_plan *plan,
	unsigned port_count,
	struct port_plan *port,
	enum poller_kind kind
)
{
	for (unsigned io = 0; io < plan->io_count; io++) {
		int node = plan->lcores[lcore_plan_io(plan, io)].node;

		if (kind == POLLER_ANY || (kind == POLLER_NEAR && node == port->node)
		    || (kind == POLLER_FREE && !has_port(plan, port_count, node)))
			port->pollers[port->poller_count++] = (uint8_t)io;
	}
}

static void
plan_ports(struct lcore_plan *plan, unsigned port_count, const struct topology *topology)
{
	for (unsigned p = 0; p < port_count; p++)
		plan->ports[p].node = topology->devices[p];
	for (unsigned p = 0; p < port_count; p++) {
		struct port_plan *port = &plan->ports[p];

		if (port->node != TOPOLOGY_ANY_NODE) {
			add_pollers(plan, port_count, port, POLLER_NEAR);
			add_pollers(plan, port_count, port, POLLER_FREE);
		}
		if (port->poller_count == 0)
			add_pollers(plan, port_count, port, POLLER_ANY);
		port->memory_node = port->node != TOPOLOGY_ANY_NODE
			? port->node
			: plan->lcores[lcore_plan_io(plan, port->pollers[0])].node;
	}
}

bool
lcore_plan_make(
	struct lcore_plan *plan,
	const struct config *config,
	const struct topology *topology,
	struct error *error
)
{
	struct config_cpus io = config->io_cpus;
	struct config_cpus workers = config->worker_cpus;

	if (topology->count == 0)
		return error_set(error, "lcores.main", "cannot tell which CPUs there are");
	if (!all_allowed(&config->main_cpu, topology, "lcores.main", error)
	    || !all_allowed(&io, topology, "lcores.io", error)
	    || !all_allowed(&workers, topology, "lcores.workers", error))
		return false;
	memset(plan, 0, sizeof(*plan));
	plan->main_cpu = config->main_cpu.count > 0
		? config->main_cpu.items[0]
		: lcore_choose_main(topology, config->port_count);
	plan->main_node = topology_cpu(topology, plan->main_cpu)->node;
	lcore_choose(topology, config->port_count, plan->main_cpu, &io, &workers);
	for (unsigned i = 0; i < io.count; i++)
		role_on(plan, io.items[i], topology)->io = (int)i;
	for (unsigned i = 0; i < workers.count; i++)
		role_on(plan, workers.items[i], topology)->worker = (int)i;
	plan->io_count = io.count;
	plan->worker_count = workers.count;
	plan_ports(plan, config->port_count, topology);
	return true;
}

unsigned
lcore_plan_queues(const struct lcore_plan *plan, unsigned port, const struct config *config)
{
	unsigned pollers = plan->ports[port].poller_count;

	return config->queues != 0 ? RTE_MIN(config->queues, pollers) : pollers;
}

unsigned
lcore_plan_poller(const struct lcore_plan *plan, unsigned port, unsigned queue)
{
	const struct port_plan *ports = &plan->ports[port];

	return ports->pollers[queue % ports->poller_count];
}

unsigned
lcore_plan_io(const struct lcore_plan *plan, unsigned io)
{
	for (unsigned i = 0; i < plan->count; i++)
		if (plan->lcores[i].io == (int)io)
			return i;
	return 0;
}

unsigned
lcore_plan_worker(const struct lcore_plan *plan, unsigned worker)
{
	for (unsigned i = 0; i < plan->count; i++)
		if (plan->lcores[i].worker == (int)worker)
			return i;
	return 0;
}

unsigned
lcore_plan_ios_on(const struct lcore_plan *plan, int node)
{
	unsigned count = 0;

	for (unsigned i = 0; i < plan->count; i++)
		count += plan->lcores[i].io != LCORE_NO_ROLE
			&& (node == LCORE_ANY_NODE || plan->lcores[i].node == node);
	return count;
}

unsigned
lcore_plan_workers_on(const struct lcore_plan *plan, int node)
{
	unsigned count = 0;

	for (unsigned i = 0; i < plan->count; i++)
		count += plan->lcores[i].worker != LCORE_NO_ROLE
			&& (node == LCORE_ANY_NODE || plan->lcores[i].node == node);
	return count;
}

void
lcore_plan_eal(const struct lcore_plan *plan, char *text, size_t size)
{
	size_t at = (size_t)snprintf(text, size, "0@%u", plan->main_cpu);

	for (unsigned i = 0; i < plan->count && at < size; i++)
		at += (size_t)snprintf(text + at, size - at, ",%u@%u", i + 1, plan->lcores[i].cpu);
}
