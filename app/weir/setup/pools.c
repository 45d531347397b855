// SPDX-License-Identifier: BSD-3-Clause

#include "pools.h"

#include "../log/log.h"
#include "memory_missing.h"
#include "node_memory.h"

#include <rte_errno.h>
#include <rte_mbuf.h>

enum {
	CACHE = 256, // mbufs in the cache of each lcore
	// The kernel reserves these bytes before each frame of an AF_XDP socket (XDP_PACKET_HEADROOM).
	// An mbuf needs them in addition to LOOP_FRAME_ROOM.
	XDP_HEADROOM = 256,
	MBUF_BYTES = RTE_MBUF_DEFAULT_BUF_SIZE + XDP_HEADROOM,
	// Without huge pages DPDK does not let an mbuf cross a page, so each takes a page of its own.
	MBUF_FOOTPRINT = RTE_PGSIZE_4K,
};

static_assert(
	sizeof(struct rte_mbuf) + MBUF_BYTES + 128 <= MBUF_FOOTPRINT,
	"an mbuf fits in a page"
);

// The first of the ports that share a pool, which is the index of the pool.
static unsigned
pool_of(const struct weir *weir, unsigned port)
{
	const struct port_plan *ports = weir->plan.ports;
	unsigned first = 0;

	while (ports[first].memory_node != ports[port].memory_node)
		first++;
	return first;
}

// io lcores that poll a port of the node.
static unsigned
pollers_of(const struct weir *weir, int node)
{
	bool polls[CONFIG_CPUS_MAX] = {false};
	unsigned count = 0;

	for (unsigned p = 0; p < weir->config->port_count; p++) {
		const struct port_plan *port = &weir->plan.ports[p];

		for (unsigned i = 0; i < port->poller_count && port->memory_node == node; i++)
			polls[port->pollers[i]] = true;
	}
	for (unsigned i = 0; i < CONFIG_CPUS_MAX; i++)
		count += polls[i];
	return count;
}

// The number of mbufs that fills all descriptors of the node's ports, and rings, bursts and caches, at the same time.
static unsigned
mbuf_count(const struct weir *weir, int node)
{
	const struct config *config = weir->config;
	const struct lcore_plan *plan = &weir->plan;
	uint64_t pairs = (uint64_t)pollers_of(weir, node) * plan->worker_count;
	unsigned lcores = plan->count + 1;
	uint64_t count = 0;

	if (config->mbufs != 0)
		return config->mbufs;
	for (unsigned p = 0; p < config->port_count; p++)
		if (plan->ports[p].memory_node == node)
			count += (uint64_t)plan->ports[p].poller_count
				* (config->rx_descriptors + config->tx_descriptors);
	count += pairs * 2 * config->ring_size;
	count += (uint64_t)lcores * (CACHE * 3 / 2 + 4 * LOOP_BURST);
	return (unsigned)RTE_MIN(count, UINT64_C(4000000));
}

unsigned
pools_planned(const struct weir *weir, int node)
{
	unsigned count = 0;

	for (unsigned p = 0; p < weir->config->port_count; p++) {
		int here = weir->plan.ports[p].memory_node;

		if (pool_of(weir, p) == p && (node == LCORE_ANY_NODE || node == here))
			count += mbuf_count(weir, here);
	}
	return count;
}

size_t
pools_memory_bytes(const struct weir *weir, int node)
{
	return (size_t)pools_planned(weir, node) * MBUF_FOOTPRINT;
}

static bool
pool_up(struct weir *weir, unsigned port, struct error *error)
{
	int node = weir->plan.ports[port].memory_node;
	unsigned count = mbuf_count(weir, node);
	unsigned cache = count >= 4 * CACHE ? CACHE : 0; // caches could take all of a small pool
	char name[RTE_MEMPOOL_NAMESIZE], what[64];

	if (node_socket(node) == SOCKET_ID_ANY)
		log_warning(
			"DPDK does not know NUMA node %d, whose CPUs have numbers from %d: its "
			"mbufs are anywhere",
			node,
			RTE_MAX_LCORE
		);
	snprintf(name, sizeof(name), port == 0 ? "mbufs" : "mbufs_node%d", node);
	weir->pools[port] =
		rte_pktmbuf_pool_create(name, count, cache, 0, MBUF_BYTES, node_socket(node));
	if (weir->pools[port] != NULL)
		return true;
	snprintf(what, sizeof(what), "%u mbufs (%s)", count, rte_strerror(rte_errno));
	return memory_missing(
		error,
		what,
		pools_memory_bytes(weir, node),
		"give more memory or huge pages, or lower memory.mbufs, driver.rx_descriptors or "
		"lcores.ring_size"
	);
}

static void
pools_free(struct weir *weir)
{
	for (unsigned p = 0; p < RTE_DIM(weir->pools); p++) {
		rte_mempool_free(weir->pools[p]);
		weir->pools[p] = NULL;
		weir->ports[p].mbufs = NULL;
	}
}

bool
pools_up(struct weir *weir, struct error *error)
{
	for (unsigned p = 0; p < weir->config->port_count; p++) {
		unsigned pool = pool_of(weir, p);

		if (pool == p && !pool_up(weir, p, error)) {
			pools_free(weir);
			return false;
		}
		weir->ports[p].mbufs = weir->pools[pool];
	}
	return true;
}

struct pools_use
pools_use(const struct weir *weir)
{
	struct pools_use use = {0};

	for (unsigned i = 0; i < RTE_DIM(weir->pools); i++) {
		const struct rte_mempool *pool = weir->pools[i];

		if (pool == NULL)
			continue;
		unsigned in_use = rte_mempool_in_use_count(pool);

		use.mbufs += pool->size;
		use.in_use += in_use;
		use.low |= pool->size - in_use < pool->size / 10;
	}
	return use;
}

void
pools_down(struct weir *weir)
{
	struct pools_use use = pools_use(weir);

	if (use.in_use > 0)
		log_warning("%u of %u mbufs leaked", use.in_use, use.mbufs);
	else if (weir->run_for_s != 0) // a test or a measurement, which checks this line
		log_info("all %u mbufs returned", use.mbufs);
	else
		log_debug("all %u mbufs returned", use.mbufs);
	pools_free(weir);
}
