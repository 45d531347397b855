// SPDX-License-Identifier: BSD-3-Clause

#include "memory_plan.h"

#include "../config/pci_address.h"
#include "eal_option.h"
#include "ios.h"
#include "links.h"
#include "pools.h"
#include "workers.h"

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
	plan->parts[MEMORY_sources] = tables.sources;
	plan->parts[MEMORY_lcores] = ios_memory_bytes(weir) + workers_role_bytes(weir);
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
		.foreign = eal_option_rules_memory(weir),
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
