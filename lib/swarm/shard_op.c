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

// Returns its position, whether it is new or an op before this one has added it. There is capacity.
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

// Looks up a torrent that did not exist when its burst was looked up: an op before this one may have added
// it, or this one does, if it is an announce to be stored.
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
		burst->positions[i] = look_up_or_add_torrent(burst->shard, op, burst->torrents);
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
	shard->counts.seeders[ref->family] += (int64_t)ref->swarm->seeders - before->seeders;
	shard->counts.leechers[ref->family] += (int64_t)ref->swarm->leechers - before->leechers;
	shard->peers += announce->added;
	shard->peers -= announce->removed;
	shard->counts.completed += announce->finished;
	if (announce->removed)
		shard_note_empty(shard, ref->torrent, now_s);
}

uint32_t
shard_op_announce(struct shard_burst *burst, unsigned i)
{
	struct shard *shard = burst->shard;
	struct shard_op *op = &burst->ops[i];

	if (!shard_op_has_torrent(burst, i))
		return POOL_NONE;
	struct swarm_ref ref = shard_burst_swarm(burst, i);
	struct swarm before = *ref.swarm;

	if (!(burst->planned >> i & 1)) {
		swarm_prepare_root(&ref, &burst->plans[i]);
		shard_burst_plan(burst, i);
	}
	struct swarm_announce announce = {
		.address = op->peer,
		.plan = &burst->plans[i],
		.out = op->peers,
		.num_want = op->num_want,
		.time = burst->time,
		.seeder = op->seeder,
		.stopped = op->stopped,
		.may_add = shard->peers < shard->config.max_peers,
	};

	swarm_announce(&ref, &announce);
	if (unlikely(announce.changed))
		count_change(shard, &ref, &announce, &before, burst->now_s);
	if (unlikely(announce.full))
		op->outcome = SHARD_PEERS_FULL;
	op->peer_count = announce.peer_count;
	shard_op_read_counts(op, ref.swarm);
	return announce.record;
}
