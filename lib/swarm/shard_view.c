// SPDX-License-Identifier: BSD-3-Clause

#include "shard_view.h"

#include "shard_inline.h"

#include <rte_prefetch.h>

#include <string.h>

enum { PREFETCH_TORRENTS = 4 }; // ahead of a cursor

static const enum family families[] = {FAMILY_IPV4, FAMILY_IPV6};

static_assert((int)SHARD_INFO_HASH_BYTES == (int)INFO_HASH_BYTES, "an info_hash");

static void
add_counts(struct shard_row *row, enum family family, const struct swarm *swarm)
{
	row->seeders[family] = swarm->seeders;
	row->leechers[family] = swarm->leechers;
	row->completed[family] = swarm->completed;
}

static void
read_row(const struct shard *shard, uint32_t position, struct shard_row *row)
{
	const struct torrent_cold *cold = &shard->torrents_cold[position];

	*row = (struct shard_row){0};
	memcpy(row->info_hash, shard_info_hash(shard, position), INFO_HASH_BYTES);
	add_counts(row, FAMILY_IPV4, &shard->torrents[position].swarm);
	add_counts(row, FAMILY_IPV6, &shard_ipv6(shard, cold)->swarm);
	row->completed[FAMILY_IPV6] = shard_ipv6_completed(shard, cold);
}

bool
shard_view_torrent(
	struct shard *shard,
	const uint8_t *info_hash,
	uint32_t hash,
	struct shard_row *row
)
{
	int32_t position = rte_hash_lookup_with_hash(shard->index, info_hash, hash);

	if (position < 0)
		return false;
	read_row(shard, (uint32_t)position, row);
	return true;
}

static void
read_peer(
	struct shard *shard,
	const struct swarm_ref *ref,
	uint32_t number,
	struct shard_peer *peer,
	uint32_t now_s
)
{
	const struct swarm_record *record;
	uint16_t time;
	const uint8_t *address = swarm_peer(ref, number, &time, &record);
	uint16_t age = (shard_time(shard, now_s) - time) & SWARM_TIME_MAX;

	*peer = (struct shard_peer){
		.family = (uint8_t)ref->family,
		.seeder = number >= ref->home->swarm.leechers,
		.detailed = record != NULL,
		.age_s = age * shard->time_unit_s,
	};
	memcpy(peer->address, address, ref->family == FAMILY_IPV4 ? 6 : 18);
	if (record == NULL)
		return;
	peer->event = record->updated_event & 3;
	peer->age_s = (now_s - (record->updated_event >> 2)) & SWARM_RECORD_SECONDS;
	memcpy(peer->detail, record, SHARD_DETAIL_BYTES);
}

unsigned
shard_view_peers(
	struct shard *shard,
	const uint8_t *info_hash,
	uint32_t hash,
	uint32_t from,
	struct shard_peer *peers,
	unsigned capacity,
	uint32_t now_s
)
{
	int32_t position = rte_hash_lookup_with_hash(shard->index, info_hash, hash);
	unsigned count = 0;

	for (unsigned f = 0; f < RTE_DIM(families) && position >= 0; f++) {
		struct swarm_ref ref = shard_swarm(shard, (uint32_t)position, families[f]);
		uint32_t peers_there = swarm_peers(&ref.home->swarm);

		for (; from < peers_there && count < capacity; from++)
			read_peer(shard, &ref, from, &peers[count++], now_s);
		from -= RTE_MIN(from, peers_there);
	}
	return count;
}

static void
next_torrent(const struct shard *shard, struct shard_cursor *cursor)
{
	cursor->family = 0;
	cursor->peer = 0;
	cursor->over = ++cursor->torrent >= shard->positions_used;
	if (!cursor->over) {
		rte_prefetch0(&shard->torrents[cursor->torrent] + PREFETCH_TORRENTS);
		rte_prefetch0(&shard->torrents_cold[cursor->torrent] + PREFETCH_TORRENTS);
		rte_prefetch0(shard_info_hash(shard, cursor->torrent + PREFETCH_TORRENTS));
	}
}

unsigned
shard_view_rows(
	struct shard *shard,
	struct shard_cursor *cursor,
	unsigned budget,
	struct shard_row *rows,
	unsigned capacity
)
{
	unsigned count = 0;

	for (; budget > 0 && count < capacity && !cursor->over; budget--) {
		if (shard->torrents_cold[cursor->torrent].used)
			read_row(shard, cursor->torrent, &rows[count++]);
		next_torrent(shard, cursor);
	}
	return count;
}

// Peer ids of the cursor's swarm, up to budget and capacity.
static unsigned
read_peer_ids(
	struct shard *shard,
	struct shard_cursor *cursor,
	unsigned budget,
	uint8_t (*ids)[SHARD_PEER_ID_BYTES],
	unsigned capacity
)
{
	struct swarm_ref ref = shard_swarm(shard, cursor->torrent, families[cursor->family]);
	uint32_t left = swarm_peers(&ref.home->swarm)
		- RTE_MIN(cursor->peer, swarm_peers(&ref.home->swarm));
	unsigned count = RTE_MIN(RTE_MIN(budget, capacity), left);
	const struct swarm_record *record;
	uint16_t time;

	for (unsigned i = 0; i < count; i++) { // their memory is cold: prefetch all first
		swarm_peer(&ref, cursor->peer + i, &time, &record);
		rte_prefetch0(record);
	}
	for (unsigned i = 0; i < count; i++) {
		swarm_peer(&ref, cursor->peer + i, &time, &record);
		memcpy(ids[i], record->peer_id, SHARD_PEER_ID_BYTES);
	}
	cursor->peer += count;
	if (count == left) {
		cursor->peer = 0;
		cursor->family++;
	}
	return count;
}

unsigned
shard_view_peer_ids(
	struct shard *shard,
	struct shard_cursor *cursor,
	unsigned budget,
	uint8_t (*ids)[SHARD_PEER_ID_BYTES],
	unsigned capacity
)
{
	unsigned count = 0;

	while (budget > 0 && count < capacity && !cursor->over) {
		unsigned read = 0;

		if (!shard->torrents_cold[cursor->torrent].used
		    || cursor->family == RTE_DIM(families))
			next_torrent(shard, cursor);
		else
			read = read_peer_ids(shard, cursor, budget, ids + count, capacity - count);
		count += read;
		budget -= RTE_MAX(read, 1u);
	}
	return count;
}
