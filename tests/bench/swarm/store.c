// SPDX-License-Identifier: BSD-3-Clause

#include "store.h"

#include <rte_common.h>
#include <rte_memory.h>

#include <stdio.h>
#include <stdlib.h>

struct shard_config
store_config(uint32_t torrents, uint32_t peers, enum family family, bool detail)
{
	return (struct shard_config){
		.name = "bench",
		.socket = SOCKET_ID_ANY,
		.max_torrents = torrents,
		.max_peers = peers,
		.max_peers_ipv6 = family == FAMILY_IPV6 ? peers : 0,
		.peer_timeout_s = STORE_TIMEOUT_S,
		.detail = detail,
		.seed = 1,
	};
}

struct shard *
store_create(uint32_t torrents, uint32_t peers, enum family family, bool detail)
{
	struct shard_config config = store_config(torrents, peers, family, detail);
	struct shard *shard = shard_create(&config);

	if (shard != NULL)
		return shard;
	fprintf(stderr,
		"bench_swarm: out of memory: the store needs %zu MiB\n",
		shard_memory_bytes(&config) >> 20);
	exit(EXIT_FAILURE);
}

void
store_fill(struct shard *shard, const struct load *load, enum family family, uint32_t now_s)
{
	struct shard_op ops[SHARD_BURST];
	const struct shard_counts *counts = shard_counts(shard);

	for (uint32_t at = 0; at < load->peers; at += SHARD_BURST) {
		unsigned burst = RTE_MIN(load->peers - at, (uint32_t)SHARD_BURST);

		load_ops(load->each + at, family, ops, burst);
		shard_process(shard, ops, burst, now_s);
	}
	if (counts->seeders[family] + counts->leechers[family] == load->peers)
		return;
	fprintf(stderr, "bench_swarm: not all of %u peers were stored\n", load->peers);
	exit(EXIT_FAILURE);
}
