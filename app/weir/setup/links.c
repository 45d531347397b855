// SPDX-License-Identifier: BSD-3-Clause

#include "links.h"

#include "memory_missing.h"
#include "node_memory.h"

#include <rte_malloc.h>
#include <rte_mbuf.h>
#include <rte_ring.h>

static_assert(
	(unsigned)CONFIG_CPUS_MAX <= (unsigned)LOOP_LINKS_MAX,
	"an lcore has a link to each of the other kind"
);

size_t
links_memory_bytes(const struct weir *weir, int node)
{
	size_t pairs = (size_t)weir->plan.io_count * lcore_plan_workers_on(&weir->plan, node);
	size_t outbox = (size_t)rte_ring_get_memsize(LINKS_OUTBOX_SIZE);

	return pairs * ring_bytes(weir->config->ring_size)
		+ lcore_plan_ios_on(&weir->plan, node) * outbox;
}

static bool
link_up(struct weir *weir, unsigned io, unsigned worker)
{
	size_t bytes = ring_bytes(weir->config->ring_size);
	int node = weir->plan.lcores[lcore_plan_worker(&weir->plan, worker)].node;
	void *slots = node_memory("ring", bytes, node);

	if (slots == NULL)
		return false;
	ring_init(
		&weir->ios[io]->links[worker],
		&weir->workers[worker]->links[io],
		slots,
		weir->config->ring_size
	);
	return true;
}

bool
links_up(struct weir *weir, struct error *error)
{
	for (unsigned i = 0; i < weir->plan.io_count; i++)
		for (unsigned w = 0; w < weir->plan.worker_count; w++) {
			if (link_up(weir, i, w))
				continue;
			memory_missing(
				error,
				"the rings between lcores",
				links_memory_bytes(weir, LCORE_ANY_NODE),
				"give more memory, or lower lcores.ring_size"
			);
			links_down(weir);
			return false;
		}
	return true;
}

static void
link_down(struct ring_requester *link)
{
	struct job job;

	while (ring_take_left(link, &job))
		rte_pktmbuf_free(job.mbuf);
	rte_free(link->slots);
	*link = (struct ring_requester){0};
}

void
links_down(struct weir *weir)
{
	for (unsigned i = 0; i < weir->plan.io_count; i++)
		for (unsigned w = 0; w < weir->plan.worker_count; w++)
			link_down(&weir->ios[i]->links[w]);
}
