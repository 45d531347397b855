// SPDX-License-Identifier: BSD-3-Clause

#include "roles.h"

#include "memory_plan.h"

#include <rte_cycles.h>
#include <rte_errno.h>
#include <rte_malloc.h>

// Frames of the control thread under way to an io lcore: what all ports may say in one tick.
enum { OUTBOX_SIZE = 256 };

static void
worker_set_ports(struct worker *worker, const struct weir *weir)
{
	const struct config *config = weir->config;
	const struct announce_policy policy = {
		.interval_s = config->interval_s,
		.interval_spread_s = config->interval_spread_s,
		.peers_default = (uint16_t)config->peers_default,
		.peers_max =
			{
				[FAMILY_IPV4] = (uint16_t)config->peers_max_ipv4,
				[FAMILY_IPV6] = (uint16_t)config->peers_max_ipv6,
			},
	};

	for (unsigned i = 0; i < weir->port_count; i++)
		worker->ports[weir->ports[i].id] = (struct worker_port){
			.host = &weir->ports[i].host,
			.policy = policy,
		};
}

static void *
allocate(const char *what, size_t bytes)
{
	return rte_zmalloc(what, bytes, RTE_CACHE_LINE_SIZE);
}

static struct worker *
worker_create(const struct weir *weir, unsigned number)
{
	struct shard_config config = workers_shard_config(weir);
	struct worker *worker = allocate("worker", sizeof(*worker));
	char name[RTE_RING_NAMESIZE];

	if (worker == NULL)
		return NULL;
	snprintf(name, sizeof(name), "torrents_%u", number);
	config.name = name;
	config.seed = weir->keys.seed + number;
	worker->number = (uint8_t)number;
	worker->rng.state = ~config.seed;
	worker->link_count = weir->plan.io_count;
	worker_set_ports(worker, weir);
	clock_init(&worker->clock, weir->start_tsc, rte_get_tsc_hz());
	worker->stages.every = weir->config->stage_turns;
	worker->stats = allocate("stats", sizeof(*worker->stats));
	worker->links = allocate("links", worker->link_count * sizeof(*worker->links));
	worker->shard = shard_create(&config);
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
workers_up(struct weir *weir, struct boot_error *error)
{
	steer_init(&weir->steer, &weir->keys.steer, weir->plan.worker_count);
	for (unsigned i = 0; i < weir->plan.worker_count; i++) {
		struct worker *worker = worker_create(weir, i);

		weir->workers[i] = worker;
		if (worker != NULL && worker->shard != NULL && worker->stats != NULL
		    && worker->links != NULL && boot_watch_goes_on(&weir->watch))
			continue;
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

void
workers_down(struct weir *weir)
{
	for (unsigned i = 0; i < weir->plan.worker_count; i++) {
		worker_free(weir->workers[i]);
		weir->workers[i] = NULL;
	}
}

size_t
roles_memory_bytes(const struct weir *weir)
{
	size_t ios = weir->plan.io_count, workers = weir->plan.worker_count;
	size_t io_bytes = sizeof(struct io) + sizeof(struct stats)
		+ workers * sizeof(struct io_link)
		+ RTE_MAX(weir->config->port_count, 1u) * sizeof(struct io_queue);
	size_t worker_bytes =
		sizeof(struct worker) + sizeof(struct stats) + ios * sizeof(struct worker_link);

	return ios * io_bytes + workers * worker_bytes;
}

size_t
links_memory_bytes(const struct weir *weir)
{
	size_t pairs = (size_t)weir->plan.io_count * weir->plan.worker_count;
	ssize_t ring = rte_ring_get_memsize_elem(sizeof(struct job), weir->config->ring_size);
	ssize_t outbox = rte_ring_get_memsize(OUTBOX_SIZE);

	return 2 * pairs * (size_t)ring + weir->plan.io_count * (size_t)outbox;
}

static unsigned
queues_of(const struct weir *weir, unsigned number)
{
	unsigned count = 0;

	for (unsigned p = 0; p < weir->port_count; p++)
		for (unsigned q = 0; q < weir->ports[p].queues; q++)
			count += q % weir->plan.io_count == number;
	return count;
}

static void
io_take_queues(struct io *io, const struct weir *weir, unsigned number)
{
	for (unsigned p = 0; p < weir->port_count; p++)
		for (unsigned q = 0; q < weir->ports[p].queues; q++) {
			if (q % weir->plan.io_count != number)
				continue;
			io->queue_of_port[weir->ports[p].id] = (uint8_t)io->queue_count;
			struct io_queue *queue = &io->queues[io->queue_count++];

			queue->host = &weir->ports[p].host;
			queue->port = weir->ports[p].id;
			queue->queue = (uint16_t)q;
		}
}

// The key of shares is drawn from that of steering, which is secret and new each time, too.
static void
io_set_limits(struct io *io, const struct config *config)
{
	const struct siphash_key *steer = &io->steer->key;
	struct siphash_key key = {
		siphash24(steer, "shares 0", 8),
		siphash24(steer, "shares 1", 8),
	};
	uint32_t echo = config->echo_rate;
	uint32_t neighbour = config->neighbour_rate;
	uint32_t unreachable = config->unreachable_rate;
	uint64_t hz = io->clock.hz;

	shares_init(&io->echo_limit, echo, echo / 10 + 1, hz, &key);
	shares_init(&io->neighbour_limit, neighbour, neighbour / 10 + 1, hz, &key);
	shares_init(&io->unreachable_limit, unreachable, unreachable, hz, &key);
}

static struct io *
io_create(const struct weir *weir, unsigned number)
{
	struct io *io = allocate("io", sizeof(*io));
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
	io_set_limits(io, weir->config);
	snprintf(name, sizeof(name), "outbox_%u", number);
	io->outbox =
		rte_ring_create(name, OUTBOX_SIZE, SOCKET_ID_ANY, RING_F_SP_ENQ | RING_F_SC_DEQ);
	io->stages.every = weir->config->stage_turns;
	latency_init(&io->latency, io->clock.hz);
	io->stats = allocate("stats", sizeof(*io->stats));
	io->links = allocate("links", io->link_count * sizeof(*io->links));
	io->queues = allocate("queues", RTE_MAX(queues, 1u) * sizeof(*io->queues));
	if (io->queues != NULL)
		io_take_queues(io, weir, number);
	return io;
}

// Frees a ring and the mbufs in it, whose pointers stand first in elements of `bytes`.
static void
free_ring(struct rte_ring *ring, unsigned bytes)
{
	struct job job;

	while (ring != NULL && rte_ring_dequeue_elem(ring, &job, bytes) == 0)
		rte_pktmbuf_free(job.mbuf);
	rte_ring_free(ring);
}

static void
io_free(struct io *io)
{
	if (io == NULL)
		return;
	free_ring(io->outbox, sizeof(struct rte_mbuf *));
	rte_free(io->queues);
	rte_free(io->links);
	rte_free(io->stats);
	rte_free(io);
}

bool
ios_up(struct weir *weir, struct boot_error *error)
{
	for (unsigned i = 0; i < weir->plan.io_count; i++) {
		struct io *io = io_create(weir, i);

		weir->ios[i] = io;
		if (io != NULL && io->outbox != NULL && io->stats != NULL && io->links != NULL
		    && io->queues != NULL)
			continue;
		memory_missing(
			error,
			"io lcores",
			roles_memory_bytes(weir),
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
links_up(struct weir *weir, struct boot_error *error)
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

			free_ring(link->requests, sizeof(struct job));
			free_ring(link->replies, sizeof(struct job));
			*link = (struct io_link){0};
		}
}
