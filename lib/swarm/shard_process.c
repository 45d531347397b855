// SPDX-License-Identifier: BSD-3-Clause
// Bursts of announces and scrapes, which pass a pipeline of prefetching steps. Read shard_process, at the
// end, first.

#include "refresh_fast_inline.h"
#include "shard.h"
#include "shard_burst_inline.h"

#include <rte_prefetch.h>

#include <string.h>

// Looks up all torrents of a burst.
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
	if (count == 1) // a bulk lookup of one costs more
		positions[0] = rte_hash_lookup_with_hash(shard->index, keys[0], hashes[0]);
	else
		rte_hash_lookup_with_hash_bulk(shard->index, keys, hashes, count, positions);
}

// Cancels the write of a peer that announced earlier in the burst and has stopped: its record was freed.
static void
cancel_write(struct record_writes *writes, unsigned count, uint32_t record)
{
	for (unsigned i = 0; i < count; i++)
		if (writes->records[i] == record)
			writes->records[i] = POOL_NONE;
}

// Each op passes the steps torrent, home, plan, runs, peer, process and record. A step uses what the step
// before has prefetched. The distance (ops) of a step from the first is the time that prefetching
// takes. Records are written after all ops of the burst, so that no op waits for the memory of a record.
enum {
	PLAN_AFTER = 4,
	RUNS_AFTER = 8,
	PEER_AFTER = 14, // at most; earlier once PEER_PLANS other plans are made, or all
	PEER_PLANS = 4,
	PROCESS_AFTER = 16,
	RECORD_AFTER = PROCESS_AFTER + SHARD_BURST,
};

enum { COMES_OR_LEAVES = 2 }; // the events of enum bep15_event from this one on: started, stopped

// The counts of a source are needed when a peer comes or leaves. Most peers say so by an event; others have
// to wait for the memory.
static __rte_noinline void
prefetch_source(struct shard_burst *burst, unsigned i)
{
	const struct sources *sources = &burst->shard->store.sources;
	uint64_t source = shard_burst_source(burst, i);

	sources_prefetch(sources, source);
	if (burst->positions[i] >= 0)
		sources_prefetch_pair(sources, source, (uint32_t)burst->positions[i]);
}

static __rte_always_inline void
step_torrent(struct shard_burst *burst, unsigned i)
{
	const struct shard *shard = burst->shard;
	int32_t position = burst->positions[i];

	burst->homes[i] = (struct swarm_home *)(uintptr_t)&shard_no_home;
	if (unlikely(
		    burst->ops[i].kind == SHARD_ANNOUNCE && burst->ops[i].event >= COMES_OR_LEAVES
	    ))
		prefetch_source(burst, i);
	if (unlikely(position < 0))
		return;
	if (likely(burst->ops[i].family == FAMILY_IPV4)) {
		burst->homes[i] = &shard->torrents[position];
		rte_prefetch0(burst->homes[i]);
	} else {
		rte_prefetch0(&shard->torrents_cold[position]);
	}
}

static __rte_always_inline void
step_home(struct shard_burst *burst, unsigned i)
{
	const struct shard *shard = burst->shard;
	int32_t position = burst->positions[i];

	if (likely(burst->ops[i].family == FAMILY_IPV4 || position < 0))
		return;
	burst->homes[i] = shard_ipv6(shard, &shard->torrents_cold[position]);
	rte_prefetch0(burst->homes[i]);
}

static __rte_always_inline void
step_plan(struct shard_burst *burst, unsigned i)
{
	if (likely(burst->homes[i]->swarm.levels == SWARM_IN_HOME
		   || burst->ops[i].kind != SHARD_ANNOUNCE))
		return;
	shard_burst_plan(burst, i);
	burst->planned |= UINT32_C(1) << i;
	burst->order[burst->plan_count++] = (uint8_t)i;
	burst->deep |= (uint32_t)(burst->homes[i]->swarm.levels > SWARM_IN_CHUNKS) << i;
}

static __rte_always_inline void
step_runs(struct shard_burst *burst, unsigned i)
{
	const struct shard_op *op = &burst->ops[i];

	if (burst->deep >> i & 1)
		swarm_plan_runs(
			shard_burst_planned(burst, i), op->seeder, op->num_want, &burst->plans[i]
		);
}

// The step peer of one op, if it is time. In a burst of many plans one follows each plan that is made, because
// whether op i has a plan cannot be predicted, and this is known when op i is planned.
static __rte_always_inline void
step_peer(struct shard_burst *burst, unsigned turn)
{
	if (burst->peers_fetched == burst->plan_count)
		return;
	unsigned i = burst->order[burst->peers_fetched];

	if (burst->plan_count - burst->peers_fetched <= PEER_PLANS
	    && turn < burst->count + PLAN_AFTER && likely(i + PEER_AFTER > turn))
		return;
	burst->peers_fetched++;
	swarm_plan_peer(shard_burst_planned(burst, i), &burst->plans[i]);
}

static __rte_always_inline void
scrape_torrent(struct shard_burst *burst, unsigned i)
{
	struct shard_op *op = &burst->ops[i];

	if (!shard_op_has_torrent(burst, i))
		return;
	shard_op_read_counts(op, &shard_burst_swarm(burst, i).home->swarm);
	op->completed = shard_completed(burst->shard, (uint32_t)burst->positions[i]);
	op->peer_count = 0;
}

// Carries out op i. Nearly every op refreshes a peer of a small IPv4 swarm; shard_op_announce does the others.
static __rte_always_inline void
step_process(struct shard_burst *burst, unsigned i, bool detail)
{
	struct shard_op *op = &burst->ops[i];
	uint32_t record = POOL_NONE;

	op->outcome = SHARD_DONE;
	if (detail && op->kind == SHARD_ANNOUNCE)
		memcpy(burst->writes.details[i], op->detail, SHARD_DETAIL_BYTES);
	if (unlikely(burst->planned >> i & 1))
		record = shard_op_refresh(burst, i);
	else if (likely(op->kind == SHARD_ANNOUNCE && op->family == FAMILY_IPV4 && !op->stopped
			&& refresh_fast(
				burst->homes[i],
				detail ? shape_ipv4_detail : shape_ipv4_plain,
				op,
				burst->time,
				&record
			)))
		shard_op_read_counts(op, &burst->homes[i]->swarm);
	else if (op->kind == SHARD_ANNOUNCE)
		record = shard_op_announce(burst, i);
	else
		scrape_torrent(burst, i);
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
step_record(const struct shard_burst *burst, unsigned i)
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
	struct shard_burst *burst,
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
	burst->planned = burst->deep = 0;
	burst->plan_count = burst->peers_fetched = 0;
	burst->hinted = 0;
	look_up_burst(shard, ops, count, burst->positions);
	if (unlikely(timing != NULL))
		timing->lookup += timing->now() - before;
}

// Takes a burst through all steps, and prefetches the torrents of `next` (which has no ops if there is no
// further burst) one by one: more than a few prefetches at once would wait for each other.
static __rte_always_inline void
finish_burst(struct shard_burst *burst, struct shard_burst *next, bool detail)
{
	unsigned count = burst->count;
	unsigned last = count + (detail ? RECORD_AFTER : PROCESS_AFTER);

	for (unsigned i = 0; i < last; i++) {
		if (i < count)
			step_home(burst, i);
		if (i - PLAN_AFTER < count)
			step_plan(burst, i - PLAN_AFTER);
		if (burst->planned != 0) {
			if (unlikely(burst->deep != 0) && i - RUNS_AFTER < count)
				step_runs(burst, i - RUNS_AFTER);
			step_peer(burst, i);
		}
		if (i - PROCESS_AFTER < count)
			step_process(burst, i - PROCESS_AFTER, detail);
		if (detail && i - RECORD_AFTER < count)
			step_record(burst, i - RECORD_AFTER);
		if (i < next->count)
			step_torrent(next, i);
	}
}

// While one burst passes the steps, the next has been looked up and its torrents are being prefetched.
void
shard_process(struct shard *shard, struct shard_op *ops, unsigned count, uint32_t now_s)
{
	struct shard_burst bursts[2];
	struct shard_burst *current = &bursts[0], *next = &bursts[1];

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
		struct shard_burst *done = current;

		current = next;
		next = done;
	}
}
