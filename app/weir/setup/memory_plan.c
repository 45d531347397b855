// SPDX-License-Identifier: BSD-3-Clause

#include "memory_plan.h"

#include "../config/pci_address.h"
#include "eal.h"
#include "pools.h"
#include "roles.h"

#include <rte_eal.h>
#include <rte_malloc.h>

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

size_t
workers_memory_bytes(const struct weir *weir)
{
	struct shard_memory memory = workers_memory(weir);

	return memory.torrents + memory.torrent_index + memory.peers + memory.peer_index
		+ memory.records;
}

bool
memory_missing(struct boot_error *error, const char *what, size_t need, const char *remedy)
{
	size_t have = 0;
	uint64_t more = 0; // DPDK takes huge pages as it needs them, and gives back what did not do
	struct machine machine;

	for (int socket = 0; socket < RTE_MAX_NUMA_NODES; socket++) {
		struct rte_malloc_socket_stats stats;

		if (rte_malloc_get_socket_stats(socket, &stats) != 0)
			continue;
		have += stats.heap_totalsz_bytes;
	}
	machine_read(&machine, "");
	if (rte_eal_has_hugepages())
		more = machine_huge_bytes(&machine, -1);
	snprintf(
		error->text,
		sizeof(error->text),
		"no memory for %s: %u MiB are needed, and all that DPDK can have is %u MiB: %s",
		what,
		memory_mib(need),
		memory_mib(have + more),
		remedy
	);
	return false;
}

// The tables of a shard that are one block each; torrents are two of equal size.
static size_t
largest_piece(const struct weir *weir)
{
	struct shard_config config = workers_shard_config(weir);
	struct shard_memory memory = shard_memory_of(&config);

	return RTE_MAX(memory.torrents / 2, RTE_MAX(memory.peers, memory.records));
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
	plan->piece_bytes = largest_piece(weir);
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

uint32_t
memory_plan_mb(const struct memory_plan *plan)
{
	return memory_mib(plan->bytes);
}

size_t
memory_plan_bytes_on(const struct memory_plan *plan, int node)
{
	size_t buffers = plan->parts[MEMORY_buffers];

	return (node == plan->node ? plan->bytes - buffers : 0)
		+ (node == plan->buffers_node ? buffers : 0);
}
