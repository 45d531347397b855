// SPDX-License-Identifier: BSD-3-Clause
// A single op of a shard: its torrent, and its announce.

#include "shard_burst_inline.h"

#include <string.h>

enum { NO_TORRENT = -1 };

static bool
has_capacity(const struct shard *shard)
{
	return shard->counts.torrents < shard->config.max_torrents
		&& shard->peers < shard->config.max_peers; // a new torrent would stay empty
}

// Whether the source of an announce may add a torrent, which would stay empty without its peer.
static bool
has_share(struct shard_burst *burst, unsigned i)
{
	const struct shard *shard = burst->shard;
	const struct sources *sources = &shard->store.sources;
	uint64_t source = shard_burst_source(burst, i);

	return sources_may_add_torrent(sources, source, burst->now_s)
		&& sources_may_add(sources, source, shard->config.max_peers - shard->peers);
}

// Returns its position, whether it is new or an op before this one has added it. There is capacity.
static int32_t
add_torrent(struct shard_burst *burst, unsigned i)
{
	struct shard *shard = burst->shard;
	struct shard_op *op = &burst->ops[i];
	int32_t position = rte_hash_add_key_with_hash(shard->index, op->info_hash, op->hash);

	if (position < 0) {
		op->outcome = SHARD_TORRENTS_FULL;
		return NO_TORRENT;
	}
	struct torrent_cold *cold = &shard->torrents_cold[position];

	if (!cold->used) {
		shard->torrents[position].swarm = (struct swarm){0};
		*cold = (struct torrent_cold){.hash = op->hash, .used = true};
		shard_note_position(shard, (uint32_t)position);
		shard->counts.torrents++;
		sources_add_torrent(
			&shard->store.sources, shard_burst_source(burst, i), burst->now_s
		);
	}
	return position;
}

static enum shard_outcome
why_not_added(const struct shard *shard, bool capacity)
{
	if (capacity)
		return SHARD_SOURCE_FULL;
	return shard->counts.torrents >= shard->config.max_torrents ? SHARD_TORRENTS_FULL
								    : SHARD_PEERS_FULL;
}

// Looks up a torrent that did not exist when its burst was looked up: an op before this one may have added
// it, or this one does, if it is an announce to be stored.
static int32_t
look_up_or_add_torrent(struct shard_burst *burst, unsigned i)
{
	struct shard *shard = burst->shard;
	struct shard_op *op = &burst->ops[i];
	bool adds = op->kind == SHARD_ANNOUNCE && !op->stopped;
	bool capacity = adds && has_capacity(shard);
	int32_t position = NO_TORRENT;

	if (capacity && has_share(burst, i))
		return add_torrent(burst, i);
	if (shard->counts.torrents != burst->torrents)
		position = rte_hash_lookup_with_hash(shard->index, op->info_hash, op->hash);
	if (adds && position < 0)
		op->outcome = why_not_added(shard, capacity);
	return position;
}

// A torrent of the store is allowed, so only others cost a question to the access list.
static bool
is_denied(struct shard *shard, struct shard_op *op)
{
	if (shard->access == NULL
	    || access_list_allows(shard->access, op->info_hash, shard->wall_s))
		return false;
	op->outcome = SHARD_DENIED;
	shard->counts.scrape_rows_denied += op->kind == SHARD_SCRAPE;
	return true;
}

bool
shard_op_find_torrent(struct shard_burst *burst, unsigned i)
{
	struct shard_op *op = &burst->ops[i];

	if (!is_denied(burst->shard, op)) {
		burst->positions[i] = look_up_or_add_torrent(burst, i);
		if (burst->positions[i] >= 0)
			return true;
	}
	op->seeders = op->leechers = op->completed = 0;
	op->peer_count = 0;
	return false;
}

// Adds the changes that an announce made in its swarm to the sums of the shard. Most announces change
// nothing: they only refresh their peer.
static void
count_change(
	struct shard *shard,
	const struct swarm_ref *ref,
	const struct swarm_announce *announce,
	const struct swarm *before,
	uint32_t now_s
)
{
	shard->counts.seeders[ref->family] += (int64_t)ref->home->swarm.seeders - before->seeders;
	shard->counts.leechers[ref->family] +=
		(int64_t)ref->home->swarm.leechers - before->leechers;
	shard->peers += announce->added;
	shard->peers -= announce->removed;
	shard->counts.completed += announce->finished;
	if (announce->removed)
		shard_note_empty(shard, ref->torrent, now_s);
	else if (announce->added && swarm_peers(before) == 0)
		shard_empty_remove(shard, ref->torrent);
}

// The peer was not stored. Its torrent may be new: then it leaves again.
static __rte_noinline void
refuse(struct shard_burst *burst, unsigned i, enum swarm_full full)
{
	burst->ops[i].outcome = full == SWARM_FULL ? SHARD_PEERS_FULL : SHARD_SOURCE_FULL;
	shard_note_empty(burst->shard, (uint32_t)burst->positions[i], burst->now_s);
}

static __rte_always_inline struct swarm_announce
announce_of(struct shard_burst *burst, unsigned i)
{
	const struct shard_op *op = &burst->ops[i];

	return (struct swarm_announce){
		.address = op->peer,
		.plan = &burst->plans[i],
		.out = op->peers,
		.num_want = op->num_want,
		.time = burst->time,
		.seeder = op->seeder,
		.stopped = op->stopped,
	};
}

uint32_t
shard_op_announce(struct shard_burst *burst, unsigned i)
{
	struct shard *shard = burst->shard;
	struct shard_op *op = &burst->ops[i];

	if (!shard_op_has_torrent(burst, i))
		return POOL_NONE;
	uint32_t position = (uint32_t)burst->positions[i];
	bool has_home =
		op->family == FAMILY_IPV4 || op->stopped || shard_ipv6_open(shard, position);
	struct swarm_ref ref = shard_burst_swarm(burst, i);
	struct swarm before = ref.home->swarm;

	if (!(burst->planned >> i & 1))
		shard_burst_plan(burst, i);
	struct swarm_announce announce = announce_of(burst, i);

	announce.may_add = has_home ? shard->config.max_peers - shard->peers : 0;
	announce.source = burst->hinted >> i & 1 ? burst->sources[i] : 0;
	swarm_announce(&ref, &announce);
	op->peer_count = announce.peer_count;
	shard_op_read_counts(op, &ref.home->swarm);
	if (unlikely(announce.changed)) // may close the home
		count_change(shard, &ref, &announce, &before, burst->now_s);
	if (unlikely(announce.full != SWARM_STORED))
		refuse(burst, i, announce.full);
	if (unlikely(op->family == FAMILY_IPV6))
		op->completed = shard_ipv6_completed(shard, &shard->torrents_cold[position]);
	return announce.record;
}

uint32_t
shard_op_refresh(struct shard_burst *burst, unsigned i)
{
	struct shard_op *op = &burst->ops[i];
	const struct swarm_ref *ref = shard_burst_planned(burst, i);
	struct swarm_announce announce = announce_of(burst, i);

	if (unlikely(!swarm_refresh(ref, &announce)))
		return shard_op_announce(burst, i);
	op->peer_count = announce.peer_count;
	shard_op_read_counts(op, &ref->home->swarm);
	return announce.record;
}
