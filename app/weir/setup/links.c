// SPDX-License-Identifier: BSD-3-Clause

#include "links.h"

#include "memory_missing.h"

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
	rte_ring_free(ring);
}

static struct rte_ring *
link_ring(const struct weir *weir, const char *kind, unsigned io, unsigned worker)
{
	char name[RTE_RING_NAMESIZE];

	snprintf(name, sizeof(name), "%s_%hu_%hu", kind, (uint16_t)io, (uint16_t)worker);
	return rte_ring_create_elem(
		name,
		sizeof(struct job),
		weir->config->ring_size,
		SOCKET_ID_ANY,
		RING_F_SP_ENQ | RING_F_SC_DEQ
	);
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
