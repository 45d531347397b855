// SPDX-License-Identifier: BSD-3-Clause

#include "links.h"

#include "memory_missing.h"

#include <rte_malloc.h>
#include <rte_mbuf.h>
#include <rte_ring.h>

size_t
links_memory_bytes(const struct weir *weir)
{
	size_t pairs = (size_t)weir->plan.io_count * weir->plan.worker_count;
	ssize_t ring = rte_ring_get_memsize_elem(sizeof(struct job), weir->config->ring_size);
	ssize_t outbox = rte_ring_get_memsize(LINKS_OUTBOX_SIZE);

	return 2 * pairs * (size_t)ring + weir->plan.io_count * (size_t)outbox;
}

static void
free_ring(struct rte_ring *ring)
{
	struct job job;

	while (ring != NULL && rte_ring_dequeue_elem(ring, &job, sizeof(job)) == 0)
		rte_pktmbuf_free(job.mbuf);
	rte_free(ring);
}

// In memory of our own: rte_ring_create takes a memzone for each ring, and DPDK has 2560 of them, too few for 36 lcores
// of both kinds.
static struct rte_ring *
link_ring(const struct weir *weir, const char *kind, unsigned io, unsigned worker)
{
	ssize_t bytes = rte_ring_get_memsize_elem(sizeof(struct job), weir->config->ring_size);
	struct rte_ring *ring = rte_zmalloc("ring", (size_t)bytes, RTE_CACHE_LINE_SIZE);
	char name[RTE_RING_NAMESIZE];

	snprintf(name, sizeof(name), "%s_%hu_%hu", kind, (uint16_t)io, (uint16_t)worker);
	if (ring != NULL)
		rte_ring_init(ring, name, weir->config->ring_size, RING_F_SP_ENQ | RING_F_SC_DEQ);
	return ring;
}

bool
links_up(struct weir *weir, struct error *error)
{
	for (unsigned i = 0; i < weir->plan.io_count; i++)
		for (unsigned w = 0; w < weir->plan.worker_count; w++) {
			struct rte_ring *requests = link_ring(weir, "requests", i, w);
			struct rte_ring *replies = link_ring(weir, "replies", i, w);

			weir->ios[i]->links[w].requests = requests;
			weir->ios[i]->links[w].replies = replies;
			weir->workers[w]->links[i] = (struct worker_link){requests, replies};
			if (requests != NULL && replies != NULL)
				continue;
			memory_missing(
				error,
				"the rings between lcores",
				links_memory_bytes(weir),
				"give more memory, or lower lcores.ring_size"
			);
			links_down(weir);
			return false;
		}
	return true;
}

void
links_down(struct weir *weir)
{
	for (unsigned i = 0; i < weir->plan.io_count; i++)
		for (unsigned w = 0; w < weir->plan.worker_count; w++) {
			struct io_link *link = &weir->ios[i]->links[w];

			free_ring(link->requests);
			free_ring(link->replies);
			*link = (struct io_link){0};
		}
}
