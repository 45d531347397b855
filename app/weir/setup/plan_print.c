// SPDX-License-Identifier: BSD-3-Clause

#include "plan_print.h"

#include <inttypes.h>
#include <stdlib.h>

enum { MIB = 1 << 20 };

static uint64_t
mib(uint64_t bytes)
{
	return (bytes + MIB - 1) / MIB;
}

static void
print_lcores(const struct plan_report *report, FILE *out)
{
	const struct lcore_plan *plan = &report->weir->plan;

	fputs("\nlcore    CPU  node  role\n", out);
	fprintf(out, "%5d %6u %5d  control\n", 0, plan->main_cpu, plan->main_node);
	for (unsigned i = 0; i < plan->count; i++) {
		const struct lcore_role *role = &plan->lcores[i];

		fprintf(out,
			"%5u %6u %5d %s%s\n",
			i + 1,
			role->cpu,
			role->node,
			role->io == LCORE_NO_ROLE ? "" : " io",
			role->worker == LCORE_NO_ROLE ? "" : " worker");
	}
}

static void
print_parts(const struct memory_plan *plan, FILE *out)
{
	fputs("\n      MiB  memory\n", out);
	for (unsigned i = 0; i < MEMORY_PART_COUNT; i++)
		fprintf(out, "%9.1f  %s\n", (double)plan->parts[i] / MIB, memory_part_infos[i].what
		);
	fprintf(out,
		"%9.1f  total, %s\n",
		(double)plan->bytes / MIB,
		plan->hugepages ? "in huge pages" : "without huge pages");
}

static uint64_t
pages_needed(const struct plan_report *report, const struct machine_pages *pages)
{
	size_t bytes = memory_plan_bytes_on(report->memory, pages->node);

	if (!report->memory->hugepages)
		return 0;
	return (bytes + pages->page_bytes - 1) / pages->page_bytes;
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
			pages->mounted ? "" : "  (no hugetlbfs of this size is mounted)");
	}
	fputs("needed: if all memory of a node is in pages of this size\n", out);
}

void
plan_print(const struct plan_report *report, FILE *out)
{
	const struct machine *machine = report->machine;

	fprintf(out, "%s: configuration OK\n", report->file);
	print_lcores(report, out);
	print_parts(report->memory, out);
	if (report->memory->hugepages)
		print_pages(report, out);
	if (machine->left_bytes > 0)
		fprintf(out,
			"%" PRIu64 " MiB of huge pages are held by files of dead processes; DPDK "
			"frees them at start\n",
			mib(machine->left_bytes));
	fprintf(out,
		"\nthis machine: %" PRIu64 " MiB of memory, %" PRIu64 " MiB available\n",
		mib(machine->memory_bytes),
		mib(machine->available_bytes));
}
