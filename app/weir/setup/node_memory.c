// SPDX-License-Identifier: BSD-3-Clause

#include "node_memory.h"

#include <rte_common.h>
#include <rte_malloc.h>

int
node_socket(int node)
{
	struct rte_malloc_socket_stats stats;

	return rte_malloc_get_socket_stats(node, &stats) == 0 ? node : SOCKET_ID_ANY;
}

void *
node_memory(const char *what, size_t bytes, int node)
{
	void *memory = rte_zmalloc_socket(what, bytes, RTE_CACHE_LINE_SIZE, node);

	return memory != NULL ? memory : rte_zmalloc(what, bytes, RTE_CACHE_LINE_SIZE);
}

struct rte_ring *
node_ring(const char *name, unsigned size, int node)
{
	const unsigned flags = RING_F_SP_ENQ | RING_F_SC_DEQ;
	struct rte_ring *ring = rte_ring_create(name, size, node, flags);

	return ring != NULL ? ring : rte_ring_create(name, size, SOCKET_ID_ANY, flags);
}
