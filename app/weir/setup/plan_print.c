// SPDX-License-Identifier: BSD-3-Clause

#include "plan_print.h"

#include "plan_load.h"
#include "pools.h"

#include <inttypes.h>
#include <stdlib.h>

enum { MIB = 1 << 20 };

static uint64_t
mib(uint64_t bytes)
{
	return (bytes + MIB - 1) / MIB;
}

const char *
plan_port_name(const struct weir *weir, unsigned port)
{
	const char *device = weir->config->ports[port].device;

	return *device != '\0' ? device : "first found";
}

static void
print_ports(const struct weir *weir, FILE *out)
{
	fputs("\nport                node   mbufs  on node  queues\n", out);
	for (unsigned p = 0; p < weir->config->port_count; p++) {
		const struct port_plan *port = &weir->plan.ports[p];
		char node[16] = "any";

		if (port->node != TOPOLOGY_ANY_NODE)
			snprintf(node, sizeof(node), "%d", port->node);
		fprintf(out,
			"%-18s %5s %7u %8d %7u\n",
			plan_port_name(weir, p),
			node,
			pools_planned(weir, port->memory_node),
			port->memory_node,
			lcore_plan_queues(&weir->plan, p, weir->config));
	}
}

// What of the ports is the kernel's.
static void
print_kernel(const struct config *config, const struct weir *weir, FILE *out)
{
	for (unsigned p = 0; p < config->port_count; p++)
		if (*config->ports[p].exception != '\0')
			fprintf(out,
				"%s: what is not Weir's goes to the kernel, through interface %s\n",
				plan_port_name(weir, p),
				config->ports[p].exception);
	if (config->isolate)
		fputs("driver.isolate: all but the tracker's datagrams stays with the kernel\n",
		      out);
}

static void
print_share(double share, FILE *out)
{
	if (share > 0)
		fprintf(out, " %7.1f %%", 100 * share);
	else
		fprintf(out, " %9s", "-");
}

// The queues that an io lcore polls.
static void
print_queues(const struct weir *weir, unsigned lcore, FILE *out)
{
	const struct lcore_plan *plan = &weir->plan;
	const char *before = "  ";

	for (unsigned p = 0; p < weir->config->port_count; p++) {
		unsigned queues = lcore_plan_queues(plan, p, weir->config);
		bool first = true;

		for (unsigned q = 0; q < queues; q++) {
			if (lcore_plan_poller(plan, p, q) != (unsigned)plan->lcores[lcore].io)
				continue;
			if (first)
				fprintf(out, "%s%s", before, plan_port_name(weir, p));
			fprintf(out, " q%u", q);
			before = ", ";
			first = false;
		}
	}
}

static void
print_lcore(const struct weir *weir, unsigned i, FILE *out)
{
	const struct lcore_role *role = &weir->plan.lcores[i];
	struct plan_load load = plan_load_of(weir, i);
	bool io = role->io != LCORE_NO_ROLE, worker = role->worker != LCORE_NO_ROLE;

	fprintf(out,
		"%5u %6u %5d  %-9s",
		i + 1,
		role->cpu,
		role->node,
		io && worker ? "io worker"
			: io ? "io"
			     : "worker");
	print_share(load.clients, out);
	print_share(load.torrents, out);
	fprintf(out, " %11.0f %9u", load.requests_s, load.rate->requests_s);
	if (io)
		print_queues(weir, i, out);
	fputc('\n', out);
}

static void
print_lcores(const struct weir *weir, FILE *out)
{
	const struct lcore_plan *plan = &weir->plan;

	fputs("\nlcore    CPU  node  role        clients  torrents  requests/s   at most  polls\n",
	      out);
	fprintf(out, "%5d %6u %5d  control\n", 0, plan->main_cpu, plan->main_node);
	for (unsigned i = 0; i < plan->count; i++)
		print_lcore(weir, i, out);
	fprintf(out,
		"node: of the CPU, the state of its lcore, a worker's tables and the rings to it\n"
		"requests/s: if all %u peers announce every %u s, each after a connect: %.0f in "
		"all. A worker alone gets announces\n"
		"at most: requests/s that an lcore can answer, %.0f in all; not measured on "
		"hardware (docs/sizing.md)\n",
		weir->config->max_peers,
		weir->config->interval_s,
		plan_load_requests(weir->config),
		plan_load_limit(weir));
}

// A row of the table of memory, with a column for each node if there are several.
static void
print_bytes(const struct memory_plan *plan, unsigned part, FILE *out)
{
	bool all = part == MEMORY_PART_COUNT;

	fprintf(out, "%9.1f", (double)(all ? plan->bytes : plan->parts[part]) / MIB);
	for (int node = 0; node < MACHINE_NODES_MAX; node++) {
		size_t bytes = memory_plan_bytes_on(plan, node);

		if (bytes > 0 && bytes < plan->bytes)
			fprintf(out,
				" %9.1f",
				(double)(all ? bytes : plan->parts_on[node][part]) / MIB);
	}
}

static void
print_parts(const struct memory_plan *plan, FILE *out)
{
	fputs("\n      MiB", out);
	for (int node = 0; node < MACHINE_NODES_MAX; node++) {
		size_t bytes = memory_plan_bytes_on(plan, node);

		if (bytes > 0 && bytes < plan->bytes)
			fprintf(out, "   node %2d", node);
	}
	fputs("  memory\n", out);
	for (unsigned i = 0; i < MEMORY_PART_COUNT; i++) {
		print_bytes(plan, i, out);
		fprintf(out, "  %s\n", memory_part_infos[i].what);
	}
	print_bytes(plan, MEMORY_PART_COUNT, out);
	fprintf(out, "  total, %s\n", plan->hugepages ? "in huge pages" : "without huge pages");
}

static uint64_t
pages_needed(const struct plan_report *report, const struct machine_pages *pages)
{
	size_t bytes = memory_plan_bytes_on(report->memory, pages->node);

	if (!report->memory->hugepages)
		return 0;
	return (bytes + pages->page_bytes - 1) / pages->page_bytes;
}

// Whether there is a /proc, which a machine that is described by files may lack.
static bool
is_told(const struct machine *machine)
{
	return machine->memory_bytes > 0;
}

static void
print_pages(const struct plan_report *report, FILE *out)
{
	const struct machine *machine = report->machine;

	fputs("\nhuge pages  node  needed   free  reserved\n", out);
	for (unsigned i = 0; i < machine->pages_count; i++) {
		const struct machine_pages *pages = &machine->pages[i];

		fprintf(out,
			"%6" PRIu64 " MiB %5d %7" PRIu64 " %6" PRIu64 " %9" PRIu64 "%s\n",
			mib(pages->page_bytes),
			pages->node,
			pages_needed(report, pages),
			pages->free,
			pages->total,
			pages->mounted || !is_told(machine)
				? ""
				: "  (no hugetlbfs of this size is mounted)");
	}
	fputs("needed: if all memory of a node is in pages of this size\n", out);
}

void
plan_print(const struct plan_report *report, FILE *out)
{
	const struct machine *machine = report->machine;

	fprintf(out, "%s: %s\n", report->file, report->checked ? "configuration OK" : "plan");
	print_ports(report->weir, out);
	print_kernel(report->weir->config, report->weir, out);
	print_lcores(report->weir, out);
	print_parts(report->memory, out);
	if (report->memory->hugepages && machine->pages_count > 0)
		print_pages(report, out);
	if (machine->left_bytes > 0)
		fprintf(out,
			"%" PRIu64 " MiB of huge pages are held by files of dead processes; DPDK "
			"frees them at start\n",
			mib(machine->left_bytes));
	if (is_told(machine))
		fprintf(out,
			"\n%s%s: %" PRIu64 " MiB of memory, %" PRIu64 " MiB available\n",
			*machine->root == '\0' ? "this machine" : "machine of ",
			machine->root,
			mib(machine->memory_bytes),
			mib(machine->available_bytes));
}
