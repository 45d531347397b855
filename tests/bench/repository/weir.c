// SPDX-License-Identifier: BSD-3-Clause
// Weir's design: each thread owns a shard. Requests are steered to the owner in bursts, over
// single-producer, single-consumer rings, and counts are returned over rings, as between io lcores
// and workers of the appliance. Here each thread has both roles.

#include "../../../lib/swarm/shard.h"
#include "../../../lib/tracker/steer.h"
#include "../support/machine.h"
#include "batch.h"
#include "memory.h"

#include <rte_pause.h>
#include <rte_prefetch.h>
#include <rte_ring.h>

#include <sched.h>

enum {
	BURST = 2 * SHARD_BURST, // as a worker dequeues; also of the rings
	RING = 1024, // the default of lcores.ring_size
	IN_FLIGHT_MAX = RING - 1, // so that no ring is ever full
	PEER_TIMEOUT_S = 60,
	SWEEPS_MAX = 100, // far more than are needed
	// Turns without work before a thread yields its CPU. If threads share CPUs, the one that has the work
	// may be waiting for it.
	IDLE_TURNS = 256,
	IDLE_TURNS_SHARED = 8,
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

// Rings between two threads; unused for the link of a thread to itself.
struct link {
	struct rte_ring *jobs_out; // producer
	struct rte_ring *replies_in; // consumer
	struct rte_ring *jobs_in; // consumer
	struct rte_ring *replies_out; // producer
	unsigned staged_count;
	struct job staged[BURST];
} __rte_cache_aligned;

// State of a thread, which owns it.
struct lane {
	struct shard *shard;
	uint32_t now_s;
	unsigned in_flight; // jobs at other threads
	struct counts sum; // of the replies to its jobs
	uint64_t rounds; // batches that this thread has completed
	struct link *links; // [threads]
	unsigned op_count; // of torrents of this thread, to be processed
	struct shard_op ops[BURST];
	uint32_t numbers[BURST]; // of their requests in the batch
	uint8_t no_peers[RTE_CACHE_LINE_SIZE]; // output buffer, unused: replies have no peers
} __rte_cache_aligned;

struct store {
	struct steer steer;
	unsigned threads;
	unsigned idle_turns;
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
aligned(size_t bytes)
{
	return memory_checked(aligned_alloc(RTE_CACHE_LINE_SIZE, bytes));
}

static struct link *
create_links(unsigned threads)
{
	struct link *links = aligned(threads * sizeof(*links));

	memset(links, 0, threads * sizeof(*links));
	return links;
}

static void *
create(unsigned threads, unsigned torrents, unsigned peers)
{
	struct siphash_key key = {0x5745495221, 0x4a4f494e21};
	struct store *store = aligned(sizeof(*store));
	struct machine machine;

	machine_read(&machine);
	*store = (struct store){
		.threads = threads,
		.idle_turns = threads > machine.cpus ? IDLE_TURNS_SHARED : IDLE_TURNS,
		.lanes = aligned(threads * sizeof(struct lane)),
	};
	steer_init(&store->steer, &key, threads);
	for (unsigned i = 0; i < threads; i++)
		store->lanes[i] = (struct lane){
			.shard = create_shard(threads, torrents, peers),
			.now_s = 1,
			.links = create_links(threads),
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
write_op(struct shard_op *op, const struct request *request, uint32_t hash, uint8_t *no_peers)
{
	*op = (struct shard_op){
		.info_hash = request->info_hash,
		.peers = no_peers,
		.hash = hash,
		.kind = SHARD_ANNOUNCE,
		.family = FAMILY_IPV4,
		.seeder = request->seeder,
	};
	memcpy(op->peer, request->peer, PEER_BYTES);
}

static inline struct counts
counts_of(const struct shard_op *op)
{
	return (struct counts){op->seeders, op->leechers, op->completed};
}

// Processes jobs of another thread.
static unsigned
process_jobs(struct lane *lane, struct link *link)
{
	struct job jobs[BURST];
	struct shard_op ops[BURST];
	struct reply replies[BURST];
	unsigned count =
		rte_ring_sc_dequeue_burst_elem(link->jobs_in, jobs, sizeof(jobs[0]), BURST, NULL);

	if (count == 0)
		return 0;
	for (unsigned i = 0; i < count; i++)
		rte_prefetch0(jobs[i].request);
	for (unsigned i = 0; i < count; i++)
		write_op(&ops[i], jobs[i].request, jobs[i].hash, lane->no_peers);
	shard_process(lane->shard, ops, count, lane->now_s);
	for (unsigned i = 0; i < count; i++)
		replies[i] = (struct reply){jobs[i].number, counts_of(&ops[i])};
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

	for (unsigned i = 0; i < count; i++)
		batch_record(batch, replies[i].number, replies[i].counts, &lane->sum);
	lane->in_flight -= count;
	return count;
}

// Processes the requests whose torrents this thread owns.
static void
process_own(struct lane *lane, struct batch *batch)
{
	shard_process(lane->shard, lane->ops, lane->op_count, lane->now_s);
	for (unsigned i = 0; i < lane->op_count; i++)
		batch_record(batch, lane->numbers[i], counts_of(&lane->ops[i]), &lane->sum);
	lane->op_count = 0;
}

// Sends staged jobs to their owner.
static void
flush(struct lane *lane, struct link *link)
{
	rte_ring_sp_enqueue_bulk_elem(
		link->jobs_out, link->staged, sizeof(link->staged[0]), link->staged_count, NULL
	);
	lane->in_flight += link->staged_count;
	link->staged_count = 0;
}

// Request `number` of the batch, whose torrent has this hash: to its owner, which may be this thread.
static __rte_always_inline void
steer(struct store *store, struct lane *lane, struct batch *batch, uint32_t number, uint64_t hash)
{
	const struct request *request = &batch->requests[number];
	struct link *link = &lane->links[steer_worker(&store->steer, hash)];

	if (link->jobs_out == NULL) {
		unsigned i = lane->op_count++;

		write_op(&lane->ops[i], request, (uint32_t)hash, lane->no_peers);
		lane->numbers[i] = number;
		if (lane->op_count == BURST)
			process_own(lane, batch);
		return;
	}
	link->staged[link->staged_count++] = (struct job){request, (uint32_t)hash, number};
	if (link->staged_count == BURST)
		flush(lane, link);
}

// Hashes requests in bursts, as an io lcore does, and steers them.
static void
steer_requests(
	struct store *store,
	struct lane *lane,
	struct batch *batch,
	unsigned from,
	unsigned to
)
{
	for (unsigned at = from; at < to; at += STEER_BURST) {
		struct steer_burst burst;
		unsigned count = RTE_MIN(to - at, (unsigned)STEER_BURST);

		burst.count = 0;
		for (unsigned i = 0; i < count; i++)
			steer_burst_add(&burst, batch->requests[at + i].info_hash);
		steer_burst_compute(&store->steer, &burst);
		for (unsigned i = 0; i < count; i++) {
			steer(store, lane, batch, at + i, steer_burst_hash(&burst, i));
			batch_sleep(batch);
		}
	}
}

static unsigned
take_requests(struct store *store, struct lane *lane, struct batch *batch)
{
	unsigned from, count;

	if (lane->in_flight + BATCH_TAKE > IN_FLIGHT_MAX)
		return 0;
	count = batch_take(batch, &from);
	if (count == 0)
		return 0;
	steer_requests(store, lane, batch, from, from + count);
	for (unsigned i = 0; i < store->threads; i++)
		if (lane->links[i].staged_count > 0)
			flush(lane, &lane->links[i]);
	if (lane->op_count > 0)
		process_own(lane, batch);
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
		if (++idle % store->idle_turns == 0)
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
