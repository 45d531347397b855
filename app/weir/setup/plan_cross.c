// SPDX-License-Identifier: BSD-3-Clause

#include "plan_cross.h"

#include "../../common/memory.h"
#include "../log/log.h"
#include "plan_load.h"
#include "plan_print.h"

#include <stdlib.h>
#include <string.h>

// --- ports ----------------------------------------------------------------------------------------

// Whether an lcore of another node polls a queue of the port.
static bool
is_far_poller(const struct weir *weir, unsigned port, unsigned lcore)
{
	const struct lcore_plan *plan = &weir->plan;
	unsigned queues = lcore_plan_queues(plan, port, weir->config);

	for (unsigned q = 0; q < queues; q++)
		if (lcore_plan_io(plan, lcore_plan_poller(plan, port, q)) == lcore)
			return plan->lcores[lcore].node != plan->ports[port].node;
	return false;
}

static void
tell_port(const struct weir *weir, unsigned port, FILE *lines)
{
	const struct lcore_plan *plan = &weir->plan;
	int node = plan->ports[port].node;
	const char *between = "";

	for (unsigned i = 0; i < plan->count; i++) {
		if (node == TOPOLOGY_ANY_NODE || !is_far_poller(weir, port, i))
			continue;
		if (*between == '\0')
			fprintf(lines,
				"port %s is on NUMA node %d, and is polled from another node by ",
				plan_port_name(weir, port),
				node);
		fprintf(lines,
			"%slcore %u (CPU %u, node %d)",
			between,
			i + 1,
			plan->lcores[i].cpu,
			plan->lcores[i].node);
		between = ", ";
	}
	if (*between == '\0')
		return;
	if (topology_cpus_on(&weir->topology, node) > 0)
		fprintf(lines, ": name CPUs of node %d in lcores.io\n", node);
	else
		fprintf(lines,
			": Weir may use no CPU of node %d: let it (CPUAffinity= of weir.service, "
			"taskset, cpuset), or take a card of another node\n",
			node);
}

// --- announces --------------------------------------------------------------------------------------

double
plan_cross_share(const struct weir *weir)
{
	const struct lcore_plan *plan = &weir->plan;
	double share = 0;

	for (unsigned i = 0; i < plan->count; i++) {
		unsigned far =
			plan->worker_count - lcore_plan_workers_on(plan, plan->lcores[i].node);

		share += plan_load_of(weir, i).clients * far / plan->worker_count;
	}
	return share;
}

// Nodes that were met: -1 for none, -2 for several.
static void
meet_node(int *only, int node)
{
	*only = *only == -1 || *only == node ? node : -2;
}

// The node where everything could be: the only one with ports and CPUs of ours, else the only one with io lcores.
static int
home_node(const struct weir *weir)
{
	int ports = -1, ios = -1;

	for (unsigned p = 0; p < weir->config->port_count; p++) {
		int node = weir->plan.ports[p].node;

		if (node != TOPOLOGY_ANY_NODE && topology_cpus_on(&weir->topology, node) > 0)
			meet_node(&ports, node);
	}
	for (unsigned i = 0; i < weir->plan.count; i++)
		if (weir->plan.lcores[i].io != LCORE_NO_ROLE)
			meet_node(&ios, weir->plan.lcores[i].node);
	return ports != -1 ? ports : ios;
}

static void
tell_announces(const struct weir *weir, FILE *lines)
{
	double share = plan_cross_share(weir);
	int node = home_node(weir);

	if (!(share > 0))
		return;
	fprintf(lines, "%.0f %% of announces go to a worker of another NUMA node: ", 100 * share);
	if (node >= 0)
		fprintf(lines, "name only CPUs of node %d in lcores.io and lcores.workers\n", node);
	else
		fputs("torrents are spread over all workers, so start one Weir for each node, with "
		      "the ports and CPUs of the node and another memory.file_prefix\n",
		      lines);
}

// --- memory -----------------------------------------------------------------------------------------

static void
tell_memory(const struct weir *weir, FILE *lines)
{
	const struct lcore_plan *plan = &weir->plan;
	bool near = false, several = false;

	for (unsigned i = 0; i < plan->count; i++) {
		near |= plan->lcores[i].node == plan->main_node;
		several |= plan->lcores[i].node != plan->lcores[0].node;
	}
	if (!near)
		fprintf(lines,
			"settings and lists are on NUMA node %d, with the control thread, and all "
			"lcores are on others: name a CPU of node %d in lcores.main\n",
			plan->main_node,
			plan->lcores[0].node);
	if (several && !config_uses_hugepages(weir->config))
		fputs("without huge pages the kernel decides on which NUMA node memory is: set "
		      "memory.hugepages = \"yes\", or name CPUs of one node in lcores.io and "
		      "lcores.workers\n",
		      lines);
}

void
plan_cross_tell(const struct weir *weir, FILE *lines)
{
	for (unsigned p = 0; p < weir->config->port_count; p++)
		tell_port(weir, p, lines);
	tell_announces(weir, lines);
	tell_memory(weir, lines);
}

void
plan_cross_log(const struct weir *weir)
{
	char *text, *rest = NULL;
	size_t size;
	FILE *lines = memory_stream(&text, &size);

	plan_cross_tell(weir, lines);
	fclose(lines);
	for (char *line = strtok_r(text, "\n", &rest); line != NULL;
	     line = strtok_r(NULL, "\n", &rest))
		log_warning("%s", line);
	free(text);
}
