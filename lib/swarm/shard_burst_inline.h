// SPDX-License-Identifier: BSD-3-Clause
// A burst of ops of a shard, for shard_process.c, which takes bursts through their steps, and shard_op.c,
// which carries out a single op.

#pragma once

#include "shard_inline.h"

// The contents of the records of a burst, read before replies overwrite the requests. The memory of
// records is cold: it is prefetched when a peer is found, and written after all ops of the burst.
struct record_writes {
	uint32_t records[SHARD_BURST];
	uint8_t details[SHARD_BURST][SHARD_DETAIL_BYTES];
};

struct shard_burst {
	struct shard *shard;
	struct shard_op *ops;
	uint64_t torrents; // their number when the burst was looked up
	unsigned count;
	uint32_t now_s;
	uint16_t time;
	uint32_t planned; // bit i: there is a plan i
	uint8_t order[SHARD_BURST]; // the ops with plans, in order
	unsigned plan_count; // number of these
	unsigned peers_fetched; // the first ones of these, which have passed the step peer
	uint32_t
		deep; // bit i: it is for a swarm with nodes, so that its runs are still to be fetched
	uint32_t hinted; // bit i: sources[i] is known
	int32_t positions[SHARD_BURST]; // of torrents; negative: not found
	struct swarm_home
		*homes[SHARD_BURST]; // of swarms; one without peers if there is no torrent
	struct swarm_ref refs[SHARD_BURST]; // of planned ops
	struct swarm_plan plans[SHARD_BURST];
	uint64_t
		sources[SHARD_BURST]; // sources_hash, of announces that say that they come or leave
	struct record_writes writes; // with detail
};

static_assert(SHARD_BURST <= 32, "a bit for each op");

// The swarm of op i, which has a plan. The home of an IPv6 swarm may have moved since.
static __rte_always_inline struct swarm_ref *
shard_burst_planned(struct shard_burst *burst, unsigned i)
{
	struct swarm_ref *ref = &burst->refs[i];

	if (unlikely(ref->family == FAMILY_IPV6))
		ref->home = shard_ipv6(burst->shard, &burst->shard->torrents_cold[ref->torrent]);
	return ref;
}

// The swarm of op i, whose torrent exists.
static __rte_always_inline struct swarm_ref
shard_burst_swarm(const struct shard_burst *burst, unsigned i)
{
	return shard_swarm(burst->shard, (uint32_t)burst->positions[i], burst->ops[i].family);
}

// The source of op i.
static __rte_always_inline uint64_t
shard_burst_source(struct shard_burst *burst, unsigned i)
{
	const struct shard_op *op = &burst->ops[i];

	if (!(burst->hinted >> i & 1)) {
		burst->sources[i] =
			sources_hash(&burst->shard->store.sources, op->family, op->peer);
		burst->hinted |= UINT32_C(1) << i;
	}
	return burst->sources[i];
}

// Plans op i, an announce whose torrent exists.
static __rte_always_inline void
shard_burst_plan(struct shard_burst *burst, unsigned i)
{
	const struct shard_op *op = &burst->ops[i];

	burst->refs[i] = shard_burst_swarm(burst, i);
	swarm_plan_begin(&burst->refs[i], op->peer, op->seeder, op->num_want, &burst->plans[i]);
}

static __rte_always_inline void
shard_op_read_counts(struct shard_op *op, const struct swarm *swarm)
{
	op->seeders = swarm->seeders;
	op->leechers = swarm->leechers;
	op->completed = swarm->completed;
}

// Looks up or adds the torrent of op i, which did not exist when its burst was looked up. Returns false and
// clears the results if there is none.
bool shard_op_find_torrent(struct shard_burst *burst, unsigned i);

static __rte_always_inline bool
shard_op_has_torrent(struct shard_burst *burst, unsigned i)
{
	return likely(burst->positions[i] >= 0) || shard_op_find_torrent(burst, i);
}

// Carries out op i, an announce. Returns the record to be written, the one freed by a peer that stops, or
// POOL_NONE.
uint32_t shard_op_announce(struct shard_burst *burst, unsigned i);

// The same for an op with a plan, which most likely refreshes a peer of a large swarm.
uint32_t shard_op_refresh(struct shard_burst *burst, unsigned i);
