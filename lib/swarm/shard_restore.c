// SPDX-License-Identifier: BSD-3-Clause

#include "shard_restore.h"

#include "shard_inline.h"
#include "swarm_snapshot.h"

#include <rte_prefetch.h>

#include <string.h>

enum {
	WINDOW = 16, // peers of a torrent whose memory is prefetched together
	PREFETCH_PARTS = 4, // ahead, the counts of the sources of their first peers
	PREFETCH_PEERS = 8,
};

static const enum family families[] = {FAMILY_IPV4, FAMILY_IPV6};

// A burst on its way into the shard.
struct restore {
	struct shard *shard;
	const struct shard_restore_source *source;
	struct swarm_now now;
	struct shard_restore_counts *counts;
};

static uint32_t
state_of(const uint8_t *peer, unsigned family)
{
	uint32_t state;

	memcpy(&state, peer + snapshot_address_bytes(family), sizeof(state));
	return state;
}

static uint32_t
age_of(const struct restore *restore, uint32_t state)
{
	uint64_t age_s = (uint64_t)(state >> SNAPSHOT_AGE_SHIFT) + restore->source->aged_s;

	return (uint32_t)RTE_MIN(age_s, (uint64_t)UINT32_MAX);
}

// Whether the peer is not too old.
static bool
is_alive(const struct restore *restore, uint32_t age_s)
{
	return age_s <= restore->shard->config.peer_timeout_s;
}

// Peers of a part that are not too old. *youngest_s: the age of the youngest of all.
static uint64_t
count_alive(const struct restore *restore, const struct snapshot_entry *entry, uint32_t *youngest_s)
{
	uint64_t alive = 0;

	*youngest_s = UINT32_MAX;
	for (unsigned f = 0; f < RTE_DIM(families); f++)
		for (uint32_t i = 0; i < entry->torrent.peers[f]; i++) {
			const uint8_t *peer =
				entry->peers[f] + (size_t)i * restore->source->stride[f];
			uint32_t age_s = age_of(restore, state_of(peer, f));

			alive += is_alive(restore, age_s);
			*youngest_s = RTE_MIN(*youngest_s, age_s);
		}
	return alive;
}

// Reads up to WINDOW live peers from *next on, and prefetches what they need.
static unsigned
prepare_window(
	struct restore *restore,
	const struct swarm_ref *ref,
	unsigned f,
	const struct snapshot_entry *entry,
	uint32_t *next,
	struct swarm_restored peers[WINDOW]
)
{
	unsigned count = 0;

	for (; count < WINDOW && *next < entry->torrent.peers[f]; ++*next) {
		const uint8_t *peer = entry->peers[f] + (size_t)*next * restore->source->stride[f];
		uint32_t state = state_of(peer, f);
		uint32_t age_s = age_of(restore, state);

		if (!is_alive(restore, age_s)) {
			restore->counts->expired++;
			continue;
		}
		peers[count] = (struct swarm_restored){
			.address = peer,
			.detail = restore->source->detail ? peer + snapshot_peer_bytes(f) : NULL,
			.state = state,
			.age_s = age_s,
		};
		swarm_restore_prepare(ref, &peers[count++]);
	}
	return count;
}

static void
restore_peers(
	struct restore *restore,
	uint32_t position,
	unsigned f,
	const struct snapshot_entry *entry
)
{
	struct shard *shard = restore->shard;
	bool has_home = families[f] == FAMILY_IPV4 || shard_ipv6_open(shard, position);
	struct swarm_ref ref = shard_swarm(shard, position, families[f]);
	struct swarm before = ref.home->swarm;
	struct swarm_restored peers[WINDOW];
	uint32_t next = 0;
	unsigned count;

	while ((count = prepare_window(restore, &ref, f, entry, &next, peers)) > 0)
		for (unsigned i = 0; i < count; i++) {
			bool may_add = has_home && shard->peers < shard->config.max_peers;
			enum swarm_restore_result result =
				swarm_restore(&ref, &peers[i], &restore->now, may_add);

			shard->peers += result == SWARM_RESTORE_ADDED;
			restore->counts->peers += result == SWARM_RESTORE_ADDED;
			restore->counts->dropped += result == SWARM_RESTORE_FULL;
		}
	shard->counts.seeders[families[f]] += (int64_t)ref.home->swarm.seeders - before.seeders;
	shard->counts.leechers[families[f]] += (int64_t)ref.home->swarm.leechers - before.leechers;
}

// Adds a torrent, unless an op before this one has. Returns its position; negative: there is no capacity.
static int32_t
add_torrent(struct restore *restore, const struct shard_restore_op *op)
{
	struct shard *shard = restore->shard;
	const uint8_t *info_hash = op->entry.torrent.info_hash;

	if (shard->counts.torrents >= shard->config.max_torrents)
		return rte_hash_lookup_with_hash(shard->index, info_hash, op->hash);
	int32_t position = rte_hash_add_key_with_hash(shard->index, info_hash, op->hash);

	if (position < 0)
		return position;
	struct torrent_cold *cold = &shard->torrents_cold[position];

	if (cold->used)
		return position;
	shard->torrents[position].swarm = (struct swarm){0};
	*cold = (struct torrent_cold){.hash = op->hash, .used = true};
	shard_note_position(shard, (uint32_t)position);
	shard->counts.torrents++;
	restore->counts->torrents++;
	return position;
}

static void
keep_completed(uint32_t *ours, uint32_t completed)
{
	*ours = RTE_MAX(*ours, completed);
}

// A torrent that has no peers left has been empty since its last one left or timed out.
static void
note_empty(
	const struct restore *restore,
	uint32_t position,
	const struct snapshot_torrent *torrent,
	uint32_t youngest_s
)
{
	struct shard *shard = restore->shard;
	struct torrent_cold *cold = &shard->torrents_cold[position];
	uint32_t empty_s = torrent->empty_s + restore->source->aged_s;

	shard_ipv6_close(shard, cold);
	if (shard_torrent_peers(shard, position) > 0)
		return;
	if (torrent->peers[0] + torrent->peers[1] > 0)
		empty_s = youngest_s - RTE_MIN(youngest_s, shard->config.peer_timeout_s);
	cold->empty_since_s = restore->now.s - empty_s; // may lie before the start of the clock
	shard_empty_add(shard, position);
}

// Whether something of the part would be in the shard.
static bool
is_useful(const struct shard *shard, const struct snapshot_torrent *torrent, uint64_t alive)
{
	return (torrent->completed[0] | torrent->completed[1]) != 0
		|| (alive > 0 && shard->peers < shard->config.max_peers);
}

// A part of a torrent on its way into the shard.
struct part {
	int32_t position; // of its torrent; negative: it is not there
	uint32_t youngest_s; // age of its youngest peer
};

// Adds the torrent of a part, unless it is there. What does not come in is counted.
static void
restore_torrent(struct restore *restore, const struct shard_restore_op *op, struct part *part)
{
	const struct snapshot_torrent *torrent = &op->entry.torrent;
	uint64_t peers = (uint64_t)torrent->peers[0] + torrent->peers[1];
	uint64_t alive = count_alive(restore, &op->entry, &part->youngest_s);
	bool useful = is_useful(restore->shard, torrent, alive);

	if (part->position < 0 && useful)
		part->position = add_torrent(restore, op);
	if (part->position >= 0)
		return;
	restore->counts->expired += peers - alive;
	restore->counts->dropped += peers == 0 ? useful : alive;
}

// Prefetches the counts of sources for the first peers of a part.
static void
prefetch_sources(struct restore *restore, const struct shard_restore_op *op, int32_t position)
{
	for (unsigned f = 0; f < RTE_DIM(families) && position >= 0; f++) {
		struct swarm_ref ref = shard_swarm(restore->shard, (uint32_t)position, families[f]);
		uint32_t count = RTE_MIN(op->entry.torrent.peers[f], (uint32_t)PREFETCH_PEERS);

		for (uint32_t i = 0; i < count; i++)
			swarm_restore_prefetch(
				&ref, op->entry.peers[f] + (size_t)i * restore->source->stride[f]
			);
	}
}

// Adds the peers of a part, and its completed counts.
static void
restore_part(struct restore *restore, const struct shard_restore_op *op, const struct part *part)
{
	const struct snapshot_torrent *torrent = &op->entry.torrent;
	struct shard *shard = restore->shard;
	uint32_t position = (uint32_t)part->position;
	struct torrent_cold *cold = &shard->torrents_cold[position];

	shard_empty_remove(shard, position); // before its downloads change
	keep_completed(&shard->torrents[position].swarm.completed, torrent->completed[0]);
	keep_completed(
		cold->ipv6 == 0 ? &cold->ipv6_completed : &shard_ipv6(shard, cold)->swarm.completed,
		torrent->completed[1]
	);
	for (unsigned f = 0; f < RTE_DIM(families); f++)
		if (torrent->peers[f] > 0)
			restore_peers(restore, position, f, &op->entry);
	note_empty(restore, position, torrent, part->youngest_s);
}

void
shard_restore(
	struct shard *shard,
	const struct shard_restore_source *source,
	const struct shard_restore_op *ops,
	unsigned count,
	uint32_t now_s,
	struct shard_restore_counts *counts
)
{
	struct restore restore = {
		.shard = shard,
		.source = source,
		.now = {.time = shard_time(shard, now_s), .s = now_s, .unit_s = shard->time_unit_s},
		.counts = counts,
	};
	const void *keys[SHARD_BURST];
	hash_sig_t hashes[SHARD_BURST];
	int32_t positions[SHARD_BURST];
	struct part parts[SHARD_BURST];

	for (unsigned i = 0; i < count; i++) {
		keys[i] = ops[i].entry.torrent.info_hash;
		hashes[i] = ops[i].hash;
	}
	if (count == 0)
		return;
	// Brings the buckets of the index into the cache, which adding needs, too.
	rte_hash_lookup_with_hash_bulk(shard->index, keys, hashes, count, positions);
	for (unsigned i = 0; i < count; i++) {
		parts[i].position = positions[i];
		restore_torrent(&restore, &ops[i], &parts[i]);
		if (i < PREFETCH_PARTS)
			prefetch_sources(&restore, &ops[i], parts[i].position);
	}
	for (unsigned i = 0; i < count; i++) {
		unsigned ahead = i + PREFETCH_PARTS;

		if (ahead < count)
			prefetch_sources(&restore, &ops[ahead], parts[ahead].position);
		if (parts[i].position >= 0)
			restore_part(&restore, &ops[i], &parts[i]);
	}
}
