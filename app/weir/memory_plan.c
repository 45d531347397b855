// SPDX-License-Identifier: BSD-3-Clause

#include "memory_plan.h"

#include "eal.h"
#include "pci_address.h"
#include "pools.h"
#include "roles.h"

#include <inttypes.h>
#include <string.h>

enum {
	MIB = 1 << 20,
	DPDK_BYTES = 64 * MIB, // devices, heap headers, rounding up to pages
};

const struct memory_part_info memory_part_infos[MEMORY_PART_COUNT] = {
#define PART(name, what) {#name, what},
#include "memory_parts.def"
};

// A shard holds its share and a sixteenth more, because the shares are only even on average.
static uint32_t
share(uint32_t total, unsigned workers)
{
	uint64_t even = (total + (uint64_t)workers - 1) / workers;

	return (uint32_t)(workers == 1 ? even : even + even / 16 + 1);
}

struct shard_config
workers_shard_config(const struct weir *weir)
{
	unsigned workers = weir->plan.worker_count;

	return (struct shard_config){
		.max_torrents = share(weir->config->max_torrents, workers),
		.max_peers = share(weir->config->max_peers, workers),
		.max_peers_ipv6 = share(weir->config->max_peers_ipv6, workers),
		.peer_timeout_s = weir->config->peer_timeout_s,
		.keep_completed_s = weir->config->keep_completed_s,
		.detail = weir->config->peer_detail,
		.socket = SOCKET_ID_ANY,
	};
}

struct shard_memory
workers_memory(const struct weir *weir)
{
	struct shard_config config = workers_shard_config(weir);
	struct shard_memory memory = shard_memory_of(&config);
	unsigned workers = weir->plan.worker_count;

	return (struct shard_memory){
		.torrents = memory.torrents * workers,
		.torrent_index = memory.torrent_index * workers,
		.peers = memory.peers * workers,
		.peer_index = memory.peer_index * workers,
		.records = memory.records * workers,
	};
}

static void
add_parts(struct memory_plan *plan, const struct weir *weir)
{
	struct shard_memory tables = workers_memory(weir);

	plan->parts[MEMORY_torrents] = tables.torrents;
	plan->parts[MEMORY_torrent_index] = tables.torrent_index;
	plan->parts[MEMORY_peers] = tables.peers;
	plan->parts[MEMORY_peer_index] = tables.peer_index;
	plan->parts[MEMORY_records] = tables.records;
	plan->parts[MEMORY_lcores] = roles_memory_bytes(weir);
	plan->parts[MEMORY_rings] = links_memory_bytes(weir);
	plan->parts[MEMORY_buffers] = pools_memory_bytes(weir);
	plan->parts[MEMORY_dpdk] = DPDK_BYTES;
	for (unsigned i = 0; i < MEMORY_PART_COUNT; i++)
		plan->bytes += plan->parts[i];
}

void
memory_plan_make(struct memory_plan *plan, const struct weir *weir, const struct machine *machine)
{
	const struct config *config = weir->config;
	const char *device = config->ports[0].device;

	*plan = (struct memory_plan){
		.hugepages = config_uses_hugepages(config),
		.foreign = eal_memory_is_foreign(weir),
		.size_mb = config->memory_mb,
	};
	add_parts(plan, weir);
	if (machine == NULL)
		return;
	int device_node = pci_address_is_right(device) ? machine_node_of_pci(machine, device) : -1;

	plan->node = machine_node_of_cpu(machine, weir->plan.main_cpu);
	plan->buffers_node = device_node < 0 ? plan->node : device_node;
}

static uint32_t
mib(uint64_t bytes)
{
	return (uint32_t)((bytes + MIB - 1) / MIB);
}

uint32_t
memory_plan_mb(const struct memory_plan *plan)
{
	return mib(plan->bytes);
}

size_t
memory_plan_bytes_on(const struct memory_plan *plan, int node)
{
	size_t buffers = plan->parts[MEMORY_buffers];

	return (node == plan->node ? plan->bytes - buffers : 0)
		+ (node == plan->buffers_node ? buffers : 0);
}

// What is surely needed: the rest is DPDK's, of which little may do.
static size_t
least_bytes(const struct memory_plan *plan)
{
	return plan->bytes - plan->parts[MEMORY_dpdk];
}

static enum memory_verdict
judge_plain(const struct memory_plan *plan, const struct machine *machine, char *why, size_t size)
{
	uint64_t told = (uint64_t)plan->size_mb * MIB;
	uint64_t wanted = RTE_MAX(told, plan->bytes);

	if (told != 0 && told < least_bytes(plan)) {
		snprintf(
			why,
			size,
			"no memory for the tables: they need %u MiB, and memory.size is %u: set it "
			"to 0, which takes what is needed, or lower swarm.max_torrents or "
			"swarm.max_peers",
			memory_plan_mb(plan),
			plan->size_mb
		);
		return MEMORY_SHORT;
	}
	if (wanted <= machine->available_bytes)
		return MEMORY_FITS;
	bool is_short = least_bytes(plan) > machine->available_bytes;

	snprintf(
		why,
		size,
		"%s memory for the tables: %u MiB are needed; of the %u MiB of this machine %u are "
		"available: lower swarm.max_torrents or swarm.max_peers, or add memory",
		is_short ? "no" : "hardly any",
		mib(wanted),
		mib(machine->memory_bytes),
		mib(machine->available_bytes)
	);
	return is_short ? MEMORY_SHORT : MEMORY_TIGHT;
}

static uint64_t
bytes_free(const struct machine_pages *pages)
{
	return pages->free * pages->page_bytes;
}

// Free in huge pages of a node, or with -1 of all; what DPDK cannot use, because no hugetlbfs of
// their size is mounted, does not count.
static uint64_t
huge_bytes(const struct machine *machine, int node)
{
	uint64_t bytes = machine->left_bytes; // on which nodes these are is not known

	for (unsigned i = 0; i < machine->pages_count; i++)
		if (machine->pages[i].mounted && (node < 0 || machine->pages[i].node == node))
			bytes += bytes_free(&machine->pages[i]);
	return bytes;
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
	uint64_t have,
	char *why,
	size_t size
)
{
	const struct machine_pages *pages = size_to_reserve(machine, node);
	size_t need = memory_plan_bytes_on(plan, node);

	if (pages == NULL) {
		snprintf(
			why,
			size,
			"no huge pages: this kernel has none; set memory.hugepages = \"no\""
		);
		return;
	}
	uint64_t missing = need > have ? need - have : 0;
	uint64_t count = pages->total + (missing + pages->page_bytes - 1) / pages->page_bytes;

	snprintf(
		why,
		size,
		"no huge pages for the tables: %u MiB are needed on NUMA node %d, %u MiB are free: "
		"reserve %" PRIu64 " pages of %u MiB with dpdk-hugepages.py --pagesize %uM --node "
		"%d --setup %" PRIu64 "M, or echo %" PRIu64 " >/sys/devices/system/node/node%d/"
		"hugepages/hugepages-%" PRIu64 "kB/nr_hugepages; or set memory.hugepages = \"no\"",
		mib(need),
		node,
		mib(have),
		count,
		mib(pages->page_bytes),
		mib(pages->page_bytes),
		node,
		count * pages->page_bytes / MIB,
		count,
		node,
		pages->page_bytes / 1024
	);
	if (missing <= machine->available_bytes)
		return;
	size_t len = strlen(why);

	snprintf(
		why + len,
		size - len,
		"; but only %u MiB of this machine are available: lower swarm.max_torrents or "
		"swarm.max_peers",
		mib(machine->available_bytes)
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

static enum memory_verdict
judge_huge(const struct memory_plan *plan, const struct machine *machine, char *why, size_t size)
{
	uint64_t have = huge_bytes(machine, -1);
	uint64_t here = huge_bytes(machine, plan->node);
	uint64_t there = huge_bytes(machine, plan->buffers_node);

	if (pages_not_mounted(machine)) {
		snprintf(
			why,
			size,
			"no huge pages that can be used: some are reserved, but no hugetlbfs is "
			"mounted: mount -t hugetlbfs nodev /dev/hugepages"
		);
		return MEMORY_SHORT;
	}
	if (least_bytes(plan) > have) {
		explain_missing(plan, machine, plan->node, here, why, size);
		return MEMORY_SHORT;
	}
	if (plan->parts[MEMORY_buffers] > there) {
		explain_missing(plan, machine, plan->buffers_node, there, why, size);
		return MEMORY_SHORT;
	}
	if (memory_plan_bytes_on(plan, plan->node) <= here)
		return MEMORY_FITS;
	explain_missing(plan, machine, plan->node, here, why, size);
	return MEMORY_TIGHT;
}

enum memory_verdict
memory_plan_judge(
	const struct memory_plan *plan,
	const struct machine *machine,
	char *why,
	size_t size
)
{
	*why = '\0';
	if (plan->foreign)
		return MEMORY_FITS;
	return plan->hugepages ? judge_huge(plan, machine, why, size)
			       : judge_plain(plan, machine, why, size);
}
