// SPDX-License-Identifier: BSD-3-Clause
// Weir's design: each thread owns a shard. Requests are steered to the owner in bursts, over
// single-producer, single-consumer rings, and counts are returned over rings, as between io lcores
// and workers of the appliance. Here each thread has both roles.

#include "../../../lib/swarm/shard.h"
#include "../../../lib/tracker/steer.h"
#include "batch.h"
#include "memory.h"

#include <rte_pause.h>
#include <rte_prefetch.h>
#include <rte_ring.h>

#include <sched.h>

enum {
	BURST = SHARD_BURST, // also of the rings
	RING = 1024,
	IN_FLIGHT_MAX = RING - 1, // so that no ring is ever full
	PEER_TIMEOUT_S = 60,
	SWEEPS_MAX = 100, // far more than are needed
	IDLE_TURNS = 256, // turns without work before the thread yields its CPU
};

struct job {
	const struct request *request;
	uint32_t hash; // for the table of the owner
	uint32_t number; // in the batch
};

struct reply {
	uint32_t number;
	struct counts counts;
};

static_assert(sizeof(struct job) == 16 && sizeof(struct reply) == 16, "as in the appliance");

// Rings between two threads; none for the link of a thread to itself.
struct link {
	struct rte_ring *jobs_out; // producer
	struct rte_ring *replies_in; // consumer
	struct rte_ring *jobs_in; // consumer
	struct rte_ring *replies_out; // producer
	unsigned staged_count;
	struct job staged[BURST];
};

// State of a thread, which owns it.
struct lane {
	struct shard *shard;
	uint32_t now_s;
	unsigned in_flight; // jobs at other threads
	struct counts sum; // of the replies to its jobs
	uint64_t rounds; // batches that this thread has completed
	struct link *links; // [threads]
	struct shard_op ops[BURST];
	uint8_t no_peers[RTE_CACHE_LINE_SIZE]; // output buffer, unused: replies have no peers
} __rte_cache_aligned;

struct store {
	struct steer steer;
	unsigned threads;
	struct lane *lanes; // [threads]
	// Sum of completed batches of all threads; each adds 1 when its requests are done.
	uint64_t rounds __rte_cache_aligned;
};

static struct rte_ring *
create_ring(void)
{
	static unsigned number;
	char name[32];

	snprintf(name, sizeof(name), "bench_%u", number++);
	return memory_checked(rte_ring_create_elem(
		name, sizeof(struct job), RING, SOCKET_ID_ANY, RING_F_SP_ENQ | RING_F_SC_DEQ
	));
}

// The keyed hash spreads torrents evenly, but not exactly.
static struct shard *
create_shard(unsigned threads, unsigned torrents, unsigned peers)
{
	static unsigned number;
	char name[20];
	unsigned share = torrents / threads + torrents / threads / 4 + 64;
	struct shard_config config = {
		.name = name,
		.socket = SOCKET_ID_ANY,
		.max_torrents = RTE_MIN(share, torrents),
		.max_peers = peers,
		.peer_timeout_s = PEER_TIMEOUT_S,
		.seed = 1,
	};

	snprintf(name, sizeof(name), "bench_%u", number++);
	return memory_checked(shard_create(&config));
}

static void
link_lanes(struct store *store, unsigned from, unsigned to)
{
	struct link *out = &store->lanes[from].links[to];
	struct link *in = &store->lanes[to].links[from];

	out->jobs_out = in->jobs_in = create_ring();
	out->replies_in = in->replies_out = create_ring();
}

static void *
create(unsigned threads, unsigned torrents, unsigned peers)
{
	struct siphash_key key = {0x5745495221, 0x4a4f494e21};
	struct store *store =
		memory_checked(aligned_alloc(RTE_CACHE_LINE_SIZE, sizeof(struct store)));

	*store = (struct store){.threads = threads};
	steer_init(&store->steer, &key, threads);
	store->lanes =
		memory_checked(aligned_alloc(RTE_CACHE_LINE_SIZE, threads * sizeof(struct lane)));
	for (unsigned i = 0; i < threads; i++)
		store->lanes[i] = (struct lane){
			.shard = create_shard(threads, torrents, peers),
			.now_s = 1,
			.links = memory_get(threads, sizeof(struct link)),
		};
	for (unsigned from = 0; from < threads; from++)
		for (unsigned to = 0; to < threads; to++)
			if (from != to)
				link_lanes(store, from, to);
	return store;
}

static void
destroy(void *repository)
{
	struct store *store = repository;

	for (unsigned i = 0; i < store->threads; i++) {
		struct lane *lane = &store->lanes[i];

		for (unsigned j = 0; j < store->threads; j++) {
			rte_ring_free(lane->links[j].jobs_out);
			rte_ring_free(lane->links[j].replies_in);
		}
		free(lane->links);
		shard_free(lane->shard);
	}
	free(store->lanes);
	free(store);
}

// Advances the time until all torrents have expired.
static void
clear(void *repository, unsigned thread)
{
	struct store *store = repository;
	struct lane *lane = &store->lanes[thread];

	for (unsigned sweeps = 0; shard_counts(lane->shard)->torrents > 0; sweeps++) {
		if (sweeps == SWEEPS_MAX) {
			fputs("bench: torrents of Weir's shard do not expire\n", stderr);
			exit(EXIT_FAILURE);
		}
		lane->now_s += 2 * PEER_TIMEOUT_S;
		shard_sweep(lane->shard, UINT16_MAX, lane->now_s);
	}
}

static inline void
write_op(struct shard_op *op, const struct job *job, uint8_t *no_peers)
{
	const struct request *request = job->request;

	*op = (struct shard_op){
		.info_hash = request->info_hash,
		.peers = no_peers,
		.hash = job->hash,
		.kind = SHARD_ANNOUNCE,
		.family = FAMILY_IPV4,
		.seeder = request->seeder,
	};
	memcpy(op->peer, request->peer, PEER_BYTES);
}

static __rte_always_inline void
process(struct lane *lane, const struct job *jobs, unsigned count, struct reply *replies)
{
	for (unsigned i = 0; i < count; i++)
		write_op(&lane->ops[i], &jobs[i], lane->no_peers);
	shard_process(lane->shard, lane->ops, count, lane->now_s);
	for (unsigned i = 0; i < count; i++) {
		const struct shard_op *op = &lane->ops[i];

		replies[i] =
			(struct reply){jobs[i].number, {op->seeders, op->leechers, op->completed}};
	}
}

static void
record_replies(struct lane *lane, struct batch *batch, const struct reply *replies, unsigned count)
{
	for (unsigned i = 0; i < count; i++)
		batch_record(batch, replies[i].number, replies[i].counts, &lane->sum);
}

// Processes jobs of another thread.
static unsigned
process_jobs(struct lane *lane, struct link *link)
{
	struct job jobs[BURST];
	struct reply replies[BURST];
	unsigned count =
		rte_ring_sc_dequeue_burst_elem(link->jobs_in, jobs, sizeof(jobs[0]), BURST, NULL);

	if (count == 0)
		return 0;
	for (unsigned i = 0; i < count; i++)
		rte_prefetch0(jobs[i].request);
	process(lane, jobs, count, replies);
	rte_ring_sp_enqueue_bulk_elem(link->replies_out, replies, sizeof(replies[0]), count, NULL);
	return count;
}

static unsigned
collect(struct lane *lane, struct link *link, struct batch *batch)
{
	struct reply replies[BURST];
	unsigned count = rte_ring_sc_dequeue_burst_elem(
		link->replies_in, replies, sizeof(replies[0]), BURST, NULL
	);

	record_replies(lane, batch, replies, count);
	lane->in_flight -= count;
	return count;
}

// Sends staged jobs to their owner; jobs of this thread are processed at once.
static void
flush(struct lane *lane, struct link *link, struct batch *batch)
{
	struct reply replies[BURST];
	unsigned count = link->staged_count;

	link->staged_count = 0;
	if (link->jobs_out != NULL) {
		rte_ring_sp_enqueue_bulk_elem(
			link->jobs_out, link->staged, sizeof(link->staged[0]), count, NULL
		);
		lane->in_flight += count;
		return;
	}
	process(lane, link->staged, count, replies);
	record_replies(lane, batch, replies, count);
}

static inline void
stage(struct lane *lane, struct link *link, struct batch *batch, const struct job *job)
{
	link->staged[link->staged_count++] = *job;
	if (link->staged_count == BURST)
		flush(lane, link, batch);
}

// Takes requests from the batch and steers them. All are hashed first, because a hash is a long
// dependency chain, and several of them overlap.
static unsigned
take_requests(struct store *store, struct lane *lane, struct batch *batch)
{
	uint64_t hashes[BATCH_TAKE];
	unsigned from, count;

	if (lane->in_flight + BATCH_TAKE > IN_FLIGHT_MAX)
		return 0;
	count = batch_take(batch, &from);
	for (unsigned i = 0; i < count; i++)
		hashes[i] = steer_hash(&store->steer, batch->requests[from + i].info_hash);
	for (unsigned i = 0; i < count; i++) {
		struct job job = {&batch->requests[from + i], (uint32_t)hashes[i], from + i};

		stage(lane, &lane->links[steer_worker(&store->steer, hashes[i])], batch, &job);
		batch_sleep(batch);
	}
	for (unsigned i = 0; i < store->threads; i++)
		if (lane->links[i].staged_count > 0)
			flush(lane, &lane->links[i], batch);
	return count;
}

// Jobs of other threads come first; new requests are taken when there are none.
static unsigned
turn(struct store *store, unsigned thread, struct batch *batch)
{
	struct lane *lane = &store->lanes[thread];
	unsigned work = 0;

	for (unsigned i = 0; i < store->threads; i++) {
		if (i == thread)
			continue;
		work += process_jobs(lane, &lane->links[i]);
		if (lane->in_flight > 0)
			work += collect(lane, &lane->links[i], batch);
	}
	return work > 0 ? work : take_requests(store, lane, batch);
}

// Whether the requests of all threads are done.
static bool
all_done(struct store *store, struct lane *lane, struct batch *batch, uint64_t round)
{
	if (lane->in_flight > 0)
		return false;
	if (lane->rounds < round) {
		lane->rounds = round;
		batch_finish(batch, &lane->sum);
		if (store->threads == 1)
			return true;
		__atomic_add_fetch(&store->rounds, 1, __ATOMIC_RELEASE);
	}
	return store->threads == 1
		|| __atomic_load_n(&store->rounds, __ATOMIC_ACQUIRE) >= round * store->threads;
}

static void
run(void *repository, unsigned thread, struct batch *batch)
{
	struct store *store = repository;
	struct lane *lane = &store->lanes[thread];
	uint64_t round = lane->rounds + 1;
	unsigned idle = 0;

	lane->sum = (struct counts){0};
	for (;;) {
		if (turn(store, thread, batch) > 0) {
			idle = 0;
			continue;
		}
		if (all_done(store, lane, batch, round))
			return;
		rte_pause();
		if (++idle % IDLE_TURNS == 0)
			sched_yield();
	}
}

const struct repository_ops repository_weir = {
	.name = "weir",
	.title = "Weir: a shard for each thread, rings between them, no locks",
	.create = create,
	.run = run,
	.clear = clear,
	.destroy = destroy,
};
