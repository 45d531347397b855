// SPDX-License-Identifier: BSD-3-Clause
// Whether a plan of memory fits a machine.

#include "memory_plan.h"

#include <inttypes.h>

enum { MIB = 1 << 20 };

// What is needed for certain; the rest is DPDK's own, which may be little.
static size_t
least_bytes(const struct memory_plan *plan)
{
	return plan->bytes - plan->parts[MEMORY_dpdk];
}

static enum memory_verdict
judge_plain(const struct memory_plan *plan, const struct machine *machine, struct error *error)
{
	uint64_t told = (uint64_t)plan->size_mb * MIB;
	uint64_t wanted = RTE_MAX(told, plan->bytes);

	if (told != 0 && told < least_bytes(plan)) {
		error_set(
			error,
			NULL,
			"not enough memory for the tables: they need %u MiB, and memory.size is "
			"%u: set it to 0, which reserves what is needed, or lower "
			"swarm.max_torrents or swarm.max_peers",
			memory_plan_mb(plan),
			plan->size_mb
		);
		return MEMORY_SHORT;
	}
	if (wanted <= machine->available_bytes)
		return MEMORY_FITS;
	bool is_short = least_bytes(plan) > machine->available_bytes;

	error_set(
		error,
		NULL,
		"%s memory for the tables: %u MiB needed, %u MiB available of the %u MiB of this "
		"machine: lower swarm.max_torrents or swarm.max_peers, or add memory",
		is_short ? "not enough" : "barely enough",
		memory_mib(wanted),
		memory_mib(machine->available_bytes),
		memory_mib(machine->memory_bytes)
	);
	return is_short ? MEMORY_SHORT : MEMORY_TIGHT;
}

// The size that more pages should be reserved of: the one there are most of already, else the least.
static const struct machine_pages *
size_to_reserve(const struct machine *machine, int node)
{
	const struct machine_pages *best = NULL;

	for (unsigned i = 0; i < machine->pages_count; i++) {
		const struct machine_pages *pages = &machine->pages[i];

		if (pages->node == node
		    && (best == NULL
			|| pages->total * pages->page_bytes > best->total * best->page_bytes))
			best = pages;
	}
	return best;
}

static void
explain_missing(
	const struct memory_plan *plan,
	const struct machine *machine,
	int node,
	bool is_short,
	struct error *error
)
{
	const struct machine_pages *pages = size_to_reserve(machine, node);
	uint64_t have = machine_huge_bytes(machine, node);
	size_t need = memory_plan_bytes_on(plan, node);

	if (pages == NULL) {
		error_set(
			error,
			NULL,
			"no huge pages: this kernel does not support them; set memory.hugepages = "
			"\"no\""
		);
		return;
	}
	uint64_t missing = need > have ? need - have : 0;
	uint64_t count = pages->total + (missing + pages->page_bytes - 1) / pages->page_bytes;

	error_set(
		error,
		NULL,
		"%s huge pages for the tables: %u MiB needed on NUMA node %d, %u MiB free: reserve "
		"%" PRIu64 " x %u MiB (dpdk-hugepages.py --pagesize %uM --node %d --setup %" PRIu64
		"M, or echo %" PRIu64
		" >/sys/devices/system/node/node%d/hugepages/hugepages-%" PRIu64
		"kB/nr_hugepages), or set memory.hugepages = \"no\"",
		is_short ? "not enough" : "barely enough",
		memory_mib(need),
		node,
		memory_mib(have),
		count,
		memory_mib(pages->page_bytes),
		memory_mib(pages->page_bytes),
		node,
		count * pages->page_bytes / MIB,
		count,
		node,
		pages->page_bytes / 1024
	);
	if (missing <= machine->available_bytes)
		return;
	error_set(
		error,
		NULL,
		"%s; but this machine has only %u MiB available: lower swarm.max_torrents or "
		"swarm.max_peers",
		error->text,
		memory_mib(machine->available_bytes)
	);
}

static bool
pages_not_mounted(const struct machine *machine)
{
	bool some = false;

	for (unsigned i = 0; i < machine->pages_count; i++) {
		if (machine->pages[i].mounted)
			return false;
		some |= machine->pages[i].total > 0;
	}
	return some;
}

// Bytes in one piece that DPDK can have in pages that are free here: a list of pages has an end.
static uint64_t
piece_limit(const struct machine *machine)
{
	uint64_t limit = 0;

	for (unsigned i = 0; i < machine->pages_count; i++) {
		const struct machine_pages *pages = &machine->pages[i];
		uint64_t list =
			RTE_MIN(pages->page_bytes * RTE_MAX_MEMSEG_PER_LIST,
				(uint64_t)RTE_MAX_MEM_MB_PER_LIST * MIB);

		if (pages->mounted && pages->total > 0)
			limit = RTE_MAX(limit, list);
	}
	return limit;
}

static bool
piece_is_too_large(
	const struct memory_plan *plan,
	const struct machine *machine,
	struct error *error
)
{
	uint64_t limit = piece_limit(machine);

	if (limit == 0 || plan->piece_bytes <= limit)
		return false;
	error_set(
		error,
		NULL,
		"not enough huge pages for one table of a worker: it needs %u MiB in one piece, "
		"and the reserved page sizes allow %u MiB: add CPUs to lcores.workers, which share "
		"the tables, or reserve larger pages (1 GiB pages allow %u MiB)",
		memory_mib(plan->piece_bytes),
		memory_mib(limit),
		RTE_MAX_MEM_MB_PER_LIST
	);
	return true;
}

// The first node that has too few huge pages for a plan; of mbufs alone, or of all parts. -1: none has.
static int
short_node(const struct memory_plan *plan, const struct machine *machine, bool mbufs)
{
	for (int node = 0; node < MACHINE_NODES_MAX; node++) {
		size_t need = mbufs ? plan->parts_on[node][MEMORY_buffers]
				    : memory_plan_bytes_on(plan, node);

		if (need > 0 && need > machine_huge_bytes(machine, node))
			return node;
	}
	return -1;
}

static enum memory_verdict
judge_huge(const struct memory_plan *plan, const struct machine *machine, struct error *error)
{
	int node = short_node(plan, machine, false), mbufs_node = short_node(plan, machine, true);

	if (pages_not_mounted(machine)) {
		error_set(
			error,
			NULL,
			"no usable huge pages: some are reserved, but no hugetlbfs is mounted: "
			"mount -t hugetlbfs nodev /dev/hugepages"
		);
		return MEMORY_SHORT;
	}
	if (least_bytes(plan) > machine_huge_bytes(machine, -1)) {
		explain_missing(plan, machine, RTE_MAX(node, 0), true, error);
		return MEMORY_SHORT;
	}
	if (piece_is_too_large(plan, machine, error))
		return MEMORY_SHORT;
	if (mbufs_node >= 0) {
		explain_missing(plan, machine, mbufs_node, true, error);
		return MEMORY_SHORT;
	}
	if (node < 0)
		return MEMORY_FITS;
	explain_missing(plan, machine, node, false, error);
	return MEMORY_TIGHT;
}

enum memory_verdict
memory_plan_judge(
	const struct memory_plan *plan,
	const struct machine *machine,
	struct error *error
)
{
	if (plan->foreign)
		return MEMORY_FITS;
	return plan->hugepages ? judge_huge(plan, machine, error)
			       : judge_plain(plan, machine, error);
}
