// SPDX-License-Identifier: BSD-3-Clause

#include "workers.h"

#include "../log/log.h"
#include "memory_missing.h"
#include "node_memory.h"

#include <rte_cycles.h>
#include <rte_eal.h>
#include <rte_malloc.h>

uint32_t
workers_share(uint32_t total, unsigned workers)
{
	uint64_t even = (total + (uint64_t)workers - 1) / workers;

	return (uint32_t)(workers == 1 ? even : even + even / 16 + 1);
}

struct shard_config
workers_shard_config(const struct weir *weir)
{
	const struct config *config = weir_config(weir);
	unsigned workers = weir->plan.worker_count;

	return (struct shard_config){
		.max_torrents = workers_share(config->max_torrents, workers),
		.max_peers = workers_share(config->max_peers, workers),
		.max_peers_ipv6 = workers_share(config->max_peers_ipv6, workers),
		.peer_timeout_s = config->peer_timeout_s,
		.keep_completed_s = config->keep_completed_s,
		.ipv6_prefix = config->ipv6_prefix,
		.detail = config->peer_detail,
		.socket = SOCKET_ID_ANY,
	};
}

struct shard_memory
workers_memory(const struct weir *weir, int node)
{
	struct shard_config config = workers_shard_config(weir);
	struct shard_memory memory = shard_memory_of(&config);
	unsigned workers = lcore_plan_workers_on(&weir->plan, node);

	return (struct shard_memory){
		.torrents = memory.torrents * workers,
		.torrent_index = memory.torrent_index * workers,
		.peers = memory.peers * workers,
		.peer_index = memory.peer_index * workers,
		.records = memory.records * workers,
		.sources = memory.sources * workers,
	};
}

size_t
workers_memory_bytes(const struct weir *weir)
{
	struct shard_memory memory = workers_memory(weir, LCORE_ANY_NODE);

	return memory.torrents + memory.torrent_index + memory.peers + memory.peer_index
		+ memory.records + memory.sources;
}

size_t
workers_role_bytes(const struct weir *weir, int node)
{
	size_t each = sizeof(struct worker) + sizeof(struct stats)
		+ weir->plan.io_count * sizeof(struct ring_responder);

	return lcore_plan_workers_on(&weir->plan, node) * each;
}

static void
worker_set_ports(struct worker *worker, const struct weir *weir)
{
	for (unsigned i = 0; i < weir->port_count; i++)
		worker->hosts[weir->ports[i].id] = weir->ports[i].host;
}

// Its tables are on its node, or on others if that has too few huge pages.
static struct shard *
create_shard(struct shard_config *config, unsigned number, int node)
{
	config->socket = node;
	struct shard *shard = shard_create(config);

	if (shard != NULL || !rte_eal_has_hugepages())
		return shard;
	config->socket = SOCKET_ID_ANY;
	shard = shard_create(config);
	if (shard != NULL)
		log_warning(
			"worker %u: its tables are not all on NUMA node %d, which has too few "
			"huge pages",
			number,
			node
		);
	return shard;
}

static uint64_t
seed_of(const struct weir *weir, unsigned number)
{
	return weir->keys.seed + number;
}

static int
worker_node(const struct weir *weir, unsigned number)
{
	return weir->plan.lcores[lcore_plan_worker(&weir->plan, number)].node;
}

static struct shard *
make_shard(const struct weir *weir, unsigned number)
{
	struct shard_config config = workers_shard_config(weir);
	char name[RTE_RING_NAMESIZE];

	snprintf(name, sizeof(name), "torrents_%u", number);
	config.name = name;
	config.seed = seed_of(weir, number);
	config.sources_seed = ~weir->keys.seed; // the same for all, so that they add up counts
	return create_shard(&config, number, worker_node(weir, number));
}

static struct worker *
worker_create(const struct weir *weir, unsigned number)
{
	int node = worker_node(weir, number);
	struct worker *worker = node_memory("worker", sizeof(*worker), node);

	if (worker == NULL)
		return NULL;
	worker->number = (uint8_t)number;
	worker->rng.state = ~seed_of(weir, number);
	worker->link_count = weir->plan.io_count;
	worker_set_ports(worker, weir);
	clock_init(&worker->clock, weir->start_tsc, rte_get_tsc_hz());
	worker->published = &weir->settings;
	worker->access = &weir->access;
	worker->wall_s = &weir->wall_s;
	worker->stats = node_memory("stats", sizeof(*worker->stats), node);
	worker->links = node_memory("links", worker->link_count * sizeof(*worker->links), node);
	worker->shard = make_shard(weir, number);
	return worker;
}

static void
worker_free(struct worker *worker)
{
	if (worker == NULL)
		return;
	shard_free(worker->shard);
	rte_free(worker->links);
	rte_free(worker->stats);
	rte_free(worker);
}

bool
workers_up(struct weir *weir, struct error *error)
{
	steer_init(&weir->steer, &weir->keys.steer, weir->plan.worker_count);
	for (unsigned i = 0; i < weir->plan.worker_count; i++) {
		struct worker *worker = worker_create(weir, i);

		weir->workers[i] = worker;
		if (worker != NULL && worker->shard != NULL && worker->stats != NULL
		    && worker->links != NULL && boot_watch_goes_on(&weir->watch)) {
			if (i > 0)
				shard_join(weir->workers[0]->shard, worker->shard);
			continue;
		}
		memory_missing(
			error,
			"the tables",
			workers_memory_bytes(weir),
			"give more memory or huge pages, or lower swarm.max_torrents or "
			"swarm.max_peers"
		);
		workers_down(weir);
		return false;
	}
	return true;
}

bool
workers_empty(struct weir *weir)
{
	for (unsigned i = 0; i < weir->plan.worker_count; i++) {
		shard_free(weir->workers[i]->shard);
		weir->workers[i]->shard = NULL;
	}
	for (unsigned i = 0; i < weir->plan.worker_count; i++) {
		struct worker *worker = weir->workers[i];

		worker->shard = make_shard(weir, i);
		if (worker->shard == NULL)
			return false;
		if (i > 0)
			shard_join(weir->workers[0]->shard, worker->shard);
	}
	return true;
}

void
workers_down(struct weir *weir)
{
	for (unsigned i = 0; i < weir->plan.worker_count; i++) {
		worker_free(weir->workers[i]);
		weir->workers[i] = NULL;
	}
}
