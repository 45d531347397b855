// SPDX-License-Identifier: BSD-3-Clause

#include "pools.h"

#include "../log/log.h"
#include "memory_missing.h"

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

// The number of mbufs that fills all descriptors, rings, bursts and caches at the same time.
static unsigned
mbuf_count(const struct weir *weir)
{
	const struct config *config = weir->config;
	const struct lcore_plan *plan = &weir->plan;
	unsigned ports = RTE_MAX(config->port_count, 1u);
	unsigned pairs = plan->io_count * plan->worker_count;
	unsigned lcores = plan->count + 1;
	uint64_t count;

	if (config->mbufs != 0)
		return config->mbufs;
	count = (uint64_t)ports * plan->io_count
		* (config->rx_descriptors + config->tx_descriptors);
	count += (uint64_t)pairs * 2 * config->ring_size;
	count += (uint64_t)lcores * (CACHE * 3 / 2 + 4 * LOOP_BURST);
	return (unsigned)RTE_MIN(count, UINT64_C(4000000));
}

size_t
pools_memory_bytes(const struct weir *weir)
{
	return (size_t)mbuf_count(weir) * MBUF_FOOTPRINT;
}

bool
pools_up(struct weir *weir, struct error *error)
{
	unsigned count = mbuf_count(weir);
	unsigned cache = count >= 4 * CACHE ? CACHE : 0; // caches could take all of a small pool

	weir->mbufs = rte_pktmbuf_pool_create(
		"mbufs", count, cache, 0, MBUF_BYTES, weir->ports[0].socket
	);
	if (weir->mbufs != NULL)
		return true;
	char what[64];

	snprintf(what, sizeof(what), "%u mbufs (%s)", count, rte_strerror(rte_errno));
	return memory_missing(
		error,
		what,
		pools_memory_bytes(weir),
		"give more memory or huge pages, or lower memory.mbufs, driver.rx_descriptors or "
		"lcores.ring_size"
	);
}

void
pools_down(struct weir *weir)
{
	unsigned missing = rte_mempool_in_use_count(weir->mbufs);

	if (missing > 0)
		log_warning("%u of %u mbufs leaked", missing, weir->mbufs->size);
	else if (weir->run_for_s != 0) // a test or a measurement, which checks this line
		log_info("all %u mbufs returned", weir->mbufs->size);
	else
		log_debug("all %u mbufs returned", weir->mbufs->size);
	rte_mempool_free(weir->mbufs);
	weir->mbufs = NULL;
}
