// SPDX-License-Identifier: BSD-3-Clause
// The work of a shard: bursts of announces and scrapes. Read shard_process, at the end, first.

#include "refresh_fast_inline.h"
#include "shard.h"
#include "shard_inline.h"

#include <rte_prefetch.h>

#include <string.h>

enum { NO_TORRENT = -1 };

static bool
has_capacity(const struct shard *shard)
{
	return shard->counts.torrents < shard->config.max_torrents
		&& shard->peers < shard->config.max_peers; // a new torrent would stay empty
}

// Its position, whether it is new or an op before has brought it. There is room.
static int32_t
add_torrent(struct shard *shard, struct shard_op *op)
{
	int32_t position = rte_hash_add_key_with_hash(shard->index, op->info_hash, op->hash);

	if (position < 0) {
		op->outcome = SHARD_TORRENTS_FULL;
		return NO_TORRENT;
	}
	struct torrent_cold *cold = &shard->torrents_cold[position];

	if (!cold->used) {
		shard->torrents[position].ipv4 = (struct swarm){0};
		*cold = (struct torrent_cold){.hash = op->hash, .used = true};
		memcpy(cold->info_hash, op->info_hash, INFO_HASH_BYTES);
		shard->counts.torrents++;
	}
	return position;
}

static __rte_always_inline void
read_counts(const struct swarm *swarm, struct shard_op *op)
{
	op->seeders = swarm->seeders;
	op->leechers = swarm->leechers;
	op->completed = swarm->completed;
}

static void
scrape_torrent(struct shard *shard, int32_t position, struct shard_op *op)
{
	if (position < 0)
		return;
	read_counts(shard_swarm(shard, (uint32_t)position, op->family).swarm, op);
	op->completed = shard_completed(shard, (uint32_t)position);
}

// What an announce changed in its swarm, carried over into the sums of the shard. Most announces
// change nothing: they say that a peer is still there.
static void
count_change(
	struct shard *shard,
	const struct swarm_ref *ref,
	const struct swarm_announce *announce,
	const struct swarm *before,
	uint32_t now_s
)
{
	shard->counts.seeders[ref->family] += (int64_t)ref->swarm->seeders - before->seeders;
	shard->counts.leechers[ref->family] += (int64_t)ref->swarm->leechers - before->leechers;
	shard->peers += announce->added;
	shard->peers -= announce->removed;
	shard->counts.completed += announce->finished;
	if (announce->removed)
		shard_note_empty(shard, ref->torrent, now_s);
}

static void
plan_op(struct shard *shard, uint32_t position, const struct shard_op *op, struct swarm_plan *plan)
{
	struct swarm_ref ref = shard_swarm(shard, position, op->family);

	swarm_prepare(&ref, op->peer, op->seeder, op->num_want, plan);
}

// Returns the record to be written, the one given back by a peer that stops, or POOL_NONE.
static uint32_t
announce_peer(
	struct shard *shard,
	int32_t position,
	struct shard_op *op,
	struct swarm_plan *plan,
	bool planned,
	uint32_t now_s,
	uint16_t time
)
{
	if (unlikely(position < 0))
		return POOL_NONE;
	struct swarm_ref ref = shard_swarm(shard, (uint32_t)position, op->family);
	struct swarm before = *ref.swarm;

	if (!planned) {
		swarm_prepare_root(&ref, plan);
		plan_op(shard, (uint32_t)position, op, plan);
	}
	struct swarm_announce announce = {
		.address = op->peer,
		.plan = plan,
		.out = op->peers,
		.num_want = op->num_want,
		.time = time,
		.seeder = op->seeder,
		.stopped = op->stopped,
		.may_add = shard->peers < shard->config.max_peers,
	};

	swarm_announce(&ref, &announce);
	if (unlikely(announce.changed))
		count_change(shard, &ref, &announce, &before, now_s);
	if (unlikely(announce.full))
		op->outcome = SHARD_PEERS_FULL;
	op->peer_count = announce.peer_count;
	read_counts(ref.swarm, op);
	return announce.record;
}

// Looks up a burst at once.
static __rte_always_inline void
look_up_burst(
	const struct shard *shard,
	const struct shard_op *ops,
	unsigned count,
	int32_t *positions
)
{
	const void *keys[SHARD_BURST];
	hash_sig_t hashes[SHARD_BURST];

	for (unsigned i = 0; i < count; i++) {
		keys[i] = ops[i].info_hash;
		hashes[i] = ops[i].hash;
	}
	if (count == 0)
		return;
	if (count == 1) // the bulk way has its price
		positions[0] = rte_hash_lookup_with_hash(shard->index, keys[0], hashes[0]);
	else
		rte_hash_lookup_with_hash_bulk(shard->index, keys, hashes, count, positions);
}

// A torrent that was not there when its burst was looked up: an op before may have brought it, or
// this one does, if it is an announce that is to be stored.
static int32_t
look_up_or_add_torrent(struct shard *shard, struct shard_op *op, uint64_t torrents_then)
{
	bool adds = op->kind == SHARD_ANNOUNCE && !op->stopped;
	int32_t position = NO_TORRENT;

	if (adds && has_capacity(shard))
		return add_torrent(shard, op);
	if (shard->counts.torrents != torrents_then)
		position = rte_hash_lookup_with_hash(shard->index, op->info_hash, op->hash);
	if (adds && position < 0)
		op->outcome = shard->counts.torrents >= shard->config.max_torrents
			? SHARD_TORRENTS_FULL
			: SHARD_PEERS_FULL;
	return position;
}

// What the records of a burst will hold, read before replies overwrite the requests. Their memory
// is cold: it is fetched when a peer is found, and written when all ops are carried out.
struct record_writes {
	uint32_t records[SHARD_BURST];
	uint8_t details[SHARD_BURST][SHARD_DETAIL_BYTES];
};

// A peer that came earlier in the burst has left, and its record is not its own any more.
static void
cancel_write(struct record_writes *writes, unsigned count, uint32_t record)
{
	for (unsigned i = 0; i < count; i++)
		if (writes->records[i] == record)
			writes->records[i] = POOL_NONE;
}

// A burst on its way: every op passes the steps fetch, root, nodes,
// plan, aim and carry_out, so that memory has
// time to come while others are worked on.
struct burst {
	struct shard *shard;
	struct shard_op *ops;
	uint64_t torrents; // there were so many when the burst was looked up
	unsigned count;
	uint32_t now_s;
	uint16_t time;
	uint32_t begun; // bit i: plan i is begun
	uint32_t planned; // bit i: plan i is made
	int32_t positions[SHARD_BURST];
	const struct swarm *swarms[SHARD_BURST]; // empty where there is no torrent
	struct swarm_plan plans[SHARD_BURST];
	struct record_writes writes; // with detail
};

static_assert(SHARD_BURST <= 32, "a bit for each op");

// How many ops the later steps are behind the first: the time memory takes to come. Records are
// written when all ops are carried out: one that is not there yet would hold up the others.
enum {
	NODES_AFTER = 4,
	PLAN_AFTER = 8,
	PEER_AFTER = 12,
	PROCESS_AFTER = 16,
	RECORD_AFTER = PROCESS_AFTER + SHARD_BURST,
};

static const struct torrent no_torrent;

static __rte_always_inline void
step_torrent(struct burst *burst, unsigned i)
{
	const struct shard *shard = burst->shard;
	int32_t position = burst->positions[i];
	const struct swarm *swarm = &no_torrent.ipv4;

	if (likely(position >= 0))
		swarm = likely(burst->ops[i].family == FAMILY_IPV4)
			? &shard->torrents[position].ipv4
			: &shard->torrents_cold[position].ipv6;
	burst->swarms[i] = swarm;
	rte_prefetch0(swarm);
}

static __rte_always_inline void
step_root(struct burst *burst, unsigned i)
{
	if (likely(burst->swarms[i]->levels == 0 || burst->ops[i].kind != SHARD_ANNOUNCE))
		return;
	struct swarm_ref ref =
		shard_swarm(burst->shard, (uint32_t)burst->positions[i], burst->ops[i].family);

	swarm_prepare_root(&ref, &burst->plans[i]);
	burst->begun |= UINT32_C(1) << i;
}

static __rte_always_inline void
step_nodes(const struct burst *burst, unsigned i)
{
	const struct shard_op *op = &burst->ops[i];

	if (likely(!(burst->begun >> i & 1)))
		return;
	struct swarm_ref ref = shard_swarm(burst->shard, (uint32_t)burst->positions[i], op->family);

	swarm_prepare_nodes(&ref, op->seeder, op->num_want, &burst->plans[i]);
}

static __rte_always_inline void
step_plan(struct burst *burst, unsigned i)
{
	if (likely(!(burst->begun >> i & 1)))
		return;
	plan_op(burst->shard, (uint32_t)burst->positions[i], &burst->ops[i], &burst->plans[i]);
	burst->planned |= UINT32_C(1) << i;
}

static __rte_always_inline void
step_peer(const struct burst *burst, unsigned i)
{
	if (likely(!(burst->planned >> i & 1)))
		return;
	struct swarm_ref ref =
		shard_swarm(burst->shard, (uint32_t)burst->positions[i], burst->ops[i].family);

	swarm_prepare_peer(&ref, &burst->plans[i]);
}

// An op of any kind. Returns what announce does.
static uint32_t
process_op(struct burst *burst, unsigned i)
{
	struct shard *shard = burst->shard;
	struct shard_op *op = &burst->ops[i];
	int32_t position = burst->positions[i];

	if (position < 0)
		position = look_up_or_add_torrent(shard, op, burst->torrents);
	op->seeders = op->leechers = op->completed = 0;
	op->peer_count = 0;
	if (op->kind == SHARD_SCRAPE) {
		scrape_torrent(shard, position, op);
		return POOL_NONE;
	}
	return announce_peer(
		shard,
		position,
		op,
		&burst->plans[i],
		burst->planned >> i & 1,
		burst->now_s,
		burst->time
	);
}

// Nearly every op is a peer of a small IPv4 swarm that is still there; carry_out does the others.
static __rte_always_inline void
step_process(struct burst *burst, unsigned i, bool detail)
{
	struct shard_op *op = &burst->ops[i];
	uint32_t record = POOL_NONE;

	op->outcome = SHARD_DONE;
	if (detail && op->kind == SHARD_ANNOUNCE)
		memcpy(burst->writes.details[i], op->detail, SHARD_DETAIL_BYTES);
	if (likely(op->kind == SHARD_ANNOUNCE && op->family == FAMILY_IPV4 && !op->stopped
		   && refresh_fast(
			   RTE_PTR_SUB(burst->swarms[i], offsetof(struct torrent, ipv4)),
			   detail ? shape_ipv4_detail : shape_ipv4_plain,
			   op,
			   burst->time,
			   &record
		   )))
		read_counts(burst->swarms[i], op);
	else
		record = process_op(burst, i);
	if (!detail)
		return;
	if (unlikely(op->stopped)) {
		cancel_write(&burst->writes, i, record);
		record = POOL_NONE;
	}
	burst->writes.records[i] = record;
	if (record != POOL_NONE)
		__builtin_prefetch(pool_at(&burst->shard->store.records, record), 1);
}

static __rte_always_inline void
step_record(const struct burst *burst, unsigned i)
{
	uint32_t number = burst->writes.records[i];

	if (number == POOL_NONE)
		return;
	struct swarm_record *record = pool_at(&burst->shard->store.records, number);

	memcpy(record, burst->writes.details[i], SHARD_DETAIL_BYTES);
	record->updated_event = burst->now_s << 2 | (burst->ops[i].event & 3u);
}

static __rte_always_inline void
start_burst(
	struct burst *burst,
	struct shard *shard,
	struct shard_op *ops,
	unsigned count,
	uint32_t now_s
)
{
	struct swarm_timing *timing = shard->store.timing;
	uint64_t before = unlikely(timing != NULL) ? timing->now() : 0;

	burst->shard = shard;
	burst->ops = ops;
	burst->count = count;
	burst->torrents = shard->counts.torrents;
	burst->now_s = now_s;
	burst->time = shard_time(shard, now_s);
	burst->begun = 0;
	burst->planned = 0;
	look_up_burst(shard, ops, count, burst->positions);
	if (unlikely(timing != NULL))
		timing->lookup += timing->now() - before;
}

// Sends for the torrents of `next` (a burst of no ops: there is none) one by one, because more
// than a few fetches at once would wait for each other.
static __rte_always_inline void
finish_burst(struct burst *burst, struct burst *next, bool detail)
{
	unsigned count = burst->count;
	unsigned last = count + (detail ? RECORD_AFTER : PROCESS_AFTER);

	for (unsigned i = 0; i < last; i++) {
		if (i < count)
			step_root(burst, i);
		if (i - NODES_AFTER < count)
			step_nodes(burst, i - NODES_AFTER);
		if (i - PLAN_AFTER < count)
			step_plan(burst, i - PLAN_AFTER);
		if (i - PEER_AFTER < count)
			step_peer(burst, i - PEER_AFTER);
		if (i - PROCESS_AFTER < count)
			step_process(burst, i - PROCESS_AFTER, detail);
		if (detail && i - RECORD_AFTER < count)
			step_record(burst, i - RECORD_AFTER);
		if (i < next->count)
			step_torrent(next, i);
	}
}

// While one burst is worked on, the next has been looked up and its torrents are on their way.
void
shard_process(struct shard *shard, struct shard_op *ops, unsigned count, uint32_t now_s)
{
	struct burst bursts[2];
	struct burst *current = &bursts[0], *next = &bursts[1];

	start_burst(current, shard, ops, RTE_MIN(count, (unsigned)SHARD_BURST), now_s);
	for (unsigned i = 0; i < current->count; i++)
		step_torrent(current, i);
	while (current->count > 0) {
		ops += current->count;
		count -= current->count;
		start_burst(next, shard, ops, RTE_MIN(count, (unsigned)SHARD_BURST), now_s);
		if (shard->store.detail)
			finish_burst(current, next, true);
		else
			finish_burst(current, next, false);
		struct burst *done = current;

		current = next;
		next = done;
	}
}
