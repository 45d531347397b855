// SPDX-License-Identifier: BSD-3-Clause

#include "ios.h"

#include "../datapath/rx_checksum_inline.h"
#include "links.h"
#include "memory_missing.h"
#include "node_memory.h"
#include "steering.h"

#include <rte_cycles.h>
#include <rte_malloc.h>

size_t
ios_memory_bytes(const struct weir *weir, int node)
{
	size_t each = sizeof(struct io) + sizeof(struct stats) + sizeof(struct budget)
		+ weir->plan.worker_count * sizeof(struct ring_requester)
		+ RTE_MAX(weir->config->port_count, 1u) * sizeof(struct io_queue)
		+ (steering_is_wanted(weir->config) ? sizeof(struct own_jobs) : 0);

	return lcore_plan_ios_on(&weir->plan, node) * each;
}

static unsigned
queues_of(const struct weir *weir, unsigned number)
{
	unsigned count = 0;

	for (unsigned p = 0; p < weir->port_count; p++)
		for (unsigned q = 0; q < weir->ports[p].queues; q++)
			count += lcore_plan_poller(&weir->plan, p, q) == number;
	return count;
}

static void
io_take_queues(struct io *io, const struct weir *weir, unsigned number)
{
	for (unsigned p = 0; p < weir->port_count; p++)
		for (unsigned q = 0; q < weir->ports[p].queues; q++) {
			if (lcore_plan_poller(&weir->plan, p, q) != number)
				continue;
			io->queue_of_port[weir->ports[p].id] = (uint8_t)io->queue_count;
			struct io_queue *queue = &io->queues[io->queue_count++];

			queue->host = weir->ports[p].host;
			queue->port = weir->ports[p].id;
			queue->queue = (uint16_t)q;
			queue->rx_checksum_mask =
				received_checksum_mask(weir->ports[p].rx_checksums);
		}
}

// Rates come with the published settings. The key is derived from that of steering, which is secret and
// new at each start.
static void
io_set_limits(struct io *io, const struct config *config)
{
	const struct siphash_key *steer = &io->steer->key.siphash;
	struct siphash_key key = {
		siphash24(steer, "shares 0", 8),
		siphash24(steer, "shares 1", 8),
	};
	struct shares *limits[] = {&io->echo_limit, &io->neighbour_limit, &io->unreachable_limit};

	for (unsigned i = 0; i < RTE_DIM(limits); i++)
		shares_init(limits[i], 0, 1, io->clock.hz, &key);
	pressure_init(&io->pressure, config->rx_descriptors / LOOP_BURST, io->clock.hz);
	if (io->budgets != NULL)
		budget_init(io->budgets, &key, config->ipv6_prefix, io->clock.hz);
}

static struct io *
io_create(const struct weir *weir, unsigned number)
{
	int node = weir->plan.lcores[lcore_plan_io(&weir->plan, number)].node;
	struct io *io = node_memory("io", sizeof(*io), node);
	unsigned queues = queues_of(weir, number);
	char name[RTE_RING_NAMESIZE];

	if (io == NULL)
		return NULL;
	clock_init(&io->clock, weir->start_tsc, rte_get_tsc_hz());
	io->steer = &weir->steer;
	io->wall_s = &weir->wall_s;
	io->link_count = weir->plan.worker_count;
	connid_init(
		&io->connid,
		weir->keys.connid_master,
		weir->config->connection_id_max_age_s,
		weir->wall_s
	);
	io->budgets = node_memory("budget", sizeof(*io->budgets), node);
	io_set_limits(io, weir->config);
	snprintf(name, sizeof(name), "outbox_%u", number);
	io->outbox = node_ring(name, LINKS_OUTBOX_SIZE, node);
	io->published = &weir->settings;
	io->lists_published = (struct io_lists_published){
		.denied_sources = &weir->denied_sources,
		.clients = &weir->clients,
		.auth_keys = &weir->auth_keys,
	};
	latency_init(&io->latency, io->clock.hz);
	io->stats = node_memory("stats", sizeof(*io->stats), node);
	io->links = node_memory("links", io->link_count * sizeof(*io->links), node);
	io->queues = node_memory("queues", RTE_MAX(queues, 1u) * sizeof(*io->queues), node);
	if (io->queues != NULL)
		io_take_queues(io, weir, number);
	return io;
}

static void
free_outbox(struct rte_ring *outbox)
{
	void *mbuf;

	while (outbox != NULL && rte_ring_dequeue(outbox, &mbuf) == 0)
		rte_pktmbuf_free(mbuf);
	rte_ring_free(outbox);
}

static void
io_free(struct io *io)
{
	if (io == NULL)
		return;
	free_outbox(io->outbox);
	rte_free(io->queues);
	rte_free(io->links);
	rte_free(io->stats);
	rte_free(io->budgets);
	rte_free(io);
}

bool
ios_up(struct weir *weir, struct error *error)
{
	for (unsigned i = 0; i < weir->plan.io_count; i++) {
		struct io *io = io_create(weir, i);

		weir->ios[i] = io;
		if (io != NULL && io->outbox != NULL && io->stats != NULL && io->links != NULL
		    && io->queues != NULL && io->budgets != NULL)
			continue;
		memory_missing(
			error,
			"io lcores",
			ios_memory_bytes(weir, LCORE_ANY_NODE),
			"give more memory or huge pages"
		);
		ios_down(weir);
		return false;
	}
	return true;
}

void
ios_down(struct weir *weir)
{
	for (unsigned i = 0; i < weir->plan.io_count; i++) {
		io_free(weir->ios[i]);
		weir->ios[i] = NULL;
	}
}
