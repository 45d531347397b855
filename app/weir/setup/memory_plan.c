// SPDX-License-Identifier: BSD-3-Clause

#include "memory_plan.h"

#include "eal_option.h"
#include "exception.h"
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
fill_parts(size_t parts[MEMORY_PART_COUNT], const struct weir *weir, int node)
{
	struct shard_memory tables = workers_memory(weir, node);

	parts[MEMORY_torrents] = tables.torrents;
	parts[MEMORY_torrent_index] = tables.torrent_index;
	parts[MEMORY_peers] = tables.peers;
	parts[MEMORY_peer_index] = tables.peer_index;
	parts[MEMORY_records] = tables.records;
	parts[MEMORY_sources] = tables.sources;
	parts[MEMORY_lcores] = ios_memory_bytes(weir, node) + workers_role_bytes(weir, node);
	parts[MEMORY_rings] = links_memory_bytes(weir, node) + exception_memory_bytes(weir, node);
	parts[MEMORY_buffers] = pools_memory_bytes(weir, node);
	parts[MEMORY_dpdk] = node == weir->plan.main_node ? DPDK_BYTES : 0;
}

void
memory_plan_make(struct memory_plan *plan, const struct weir *weir)
{
	const struct config *config = weir->config;

	*plan = (struct memory_plan){
		.hugepages = config_uses_hugepages(config),
		.foreign = eal_option_rules_memory(weir),
		.size_mb = config->memory_mb,
		.piece_bytes = largest_piece(weir),
	};
	for (int node = 0; node < MACHINE_NODES_MAX; node++) {
		size_t *parts = plan->parts_on[node];

		fill_parts(parts, weir, node);
		for (unsigned i = 0; i < MEMORY_PART_COUNT; i++) {
			plan->parts[i] += parts[i];
			plan->bytes += parts[i];
		}
	}
}

uint32_t
memory_plan_mb(const struct memory_plan *plan)
{
	return memory_mib(plan->bytes);
}

size_t
memory_plan_bytes_on(const struct memory_plan *plan, int node)
{
	size_t bytes = 0;

	for (unsigned i = 0; i < MEMORY_PART_COUNT; i++)
		bytes += plan->parts_on[node][i];
	return bytes;
}
