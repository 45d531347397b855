// SPDX-License-Identifier: BSD-3-Clause

#include "shard_save.h"

#include "shard_inline.h"
#include "swarm_snapshot.h"

#include <rte_prefetch.h>

#include <string.h>

enum { PREFETCH_TORRENTS = 4 }; // ahead of the cursor

static const enum family families[] = {FAMILY_IPV4, FAMILY_IPV6};

static_assert(RTE_DIM(families) == SNAPSHOT_FAMILIES, "families");
static_assert((int)SNAPSHOT_HASH_BYTES == (int)INFO_HASH_BYTES, "an info_hash");
static_assert((int)SNAPSHOT_DETAIL_BYTES == (int)SHARD_DETAIL_BYTES, "detail");

// A piece in the making.
struct piece {
	struct shard *shard;
	struct shard_cursor *cursor;
	unsigned budget; // torrents and peers left to visit
	uint8_t *out;
	size_t room;
	struct swarm_now now;
	struct shard_saved saved;
};

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

// Peers of the cursor's family that this piece can take: up to budget and room.
static uint32_t
peers_that_fit(const struct piece *piece, const struct swarm_ref *ref, unsigned family)
{
	uint32_t from = RTE_MIN(piece->cursor->peer, swarm_peers(&ref->home->swarm));
	uint32_t stride =
		snapshot_peer_bytes(family) + (ref->store->detail ? SNAPSHOT_DETAIL_BYTES : 0);
	uint32_t room = (uint32_t)RTE_MIN(piece->room / stride, (size_t)UINT32_MAX);

	return RTE_MIN(RTE_MIN(swarm_peers(&ref->home->swarm) - from, room), piece->budget);
}

// Writes peers of one family from the cursor on. Returns their number. *over: none is left.
static uint32_t
save_family(struct piece *piece, bool *over)
{
	struct shard_cursor *cursor = piece->cursor;
	struct swarm_ref ref = shard_swarm(piece->shard, cursor->torrent, families[cursor->family]);
	uint32_t count = peers_that_fit(piece, &ref, cursor->family);

	*over = cursor->peer + count >= swarm_peers(&ref.home->swarm);
	if (count == 0)
		return 0;
	swarm_save_prepare(&ref, cursor->peer, count);
	if (ref.store->detail)
		swarm_save_prepare_records(&ref, cursor->peer, count);
	uint8_t *end = swarm_save(&ref, cursor->peer, count, &piece->now, piece->out);

	piece->room -= (size_t)(end - piece->out);
	piece->out = end;
	piece->budget -= count;
	cursor->peer += count;
	return count;
}

static struct snapshot_torrent
torrent_at(const struct shard *shard, const struct shard_cursor *cursor, uint32_t now_s)
{
	const struct torrent_cold *cold = &shard->torrents_cold[cursor->torrent];
	struct snapshot_torrent torrent = {
		.completed =
			{shard->torrents[cursor->torrent].swarm.completed,
			 shard_ipv6_completed(shard, cold)},
		.continued = cursor->family != 0 || cursor->peer != 0,
	};

	memcpy(torrent.info_hash, shard_info_hash(shard, cursor->torrent), sizeof(torrent.info_hash)
	);
	if (shard_torrent_peers(shard, cursor->torrent) == 0)
		torrent.empty_s = now_s - cold->empty_since_s;
	return torrent;
}

// Writes the cursor's torrent, or a part of it. There is room for SNAPSHOT_ENTRY_MAX bytes.
static void
save_torrent(struct piece *piece)
{
	struct shard_cursor *cursor = piece->cursor;
	struct snapshot_torrent torrent = torrent_at(piece->shard, cursor, piece->now.s);
	uint8_t *head = piece->out;
	bool over = true;

	piece->out += sizeof(torrent);
	piece->room -= sizeof(torrent);
	while (over && cursor->family < RTE_DIM(families)) {
		torrent.peers[cursor->family] = save_family(piece, &over);
		if (over) {
			cursor->family++;
			cursor->peer = 0;
		}
	}
	memcpy(head, &torrent, sizeof(torrent));
	piece->saved.torrents += 1 - torrent.continued;
	piece->saved.peers += torrent.peers[0] + torrent.peers[1];
}

static bool
is_saved(const struct shard *shard, const struct shard_cursor *cursor)
{
	const struct torrent_cold *cold = &shard->torrents_cold[cursor->torrent];

	if (!cold->used || cursor->family == RTE_DIM(families))
		return false;
	return (shard_torrent_peers(shard, cursor->torrent)
		| shard_completed(shard, cursor->torrent))
		!= 0;
}

struct shard_saved
shard_save(
	struct shard *shard,
	struct shard_cursor *cursor,
	unsigned budget,
	uint8_t *out,
	size_t room,
	uint32_t now_s
)
{
	struct piece piece = {
		.shard = shard,
		.cursor = cursor,
		.budget = budget,
		.out = out,
		.room = room,
		.now = {.time = shard_time(shard, now_s), .s = now_s, .unit_s = shard->time_unit_s},
	};

	while (piece.budget > 1 && piece.room >= SNAPSHOT_ENTRY_MAX && !cursor->over) {
		piece.budget--;
		if (is_saved(shard, cursor))
			save_torrent(&piece);
		if (!is_saved(shard, cursor))
			next_torrent(shard, cursor);
	}
	shard->store.still = cursor->over || cursor->peer == 0 ? POOL_NONE : cursor->torrent;
	piece.saved.bytes = (uint32_t)(piece.out - out);
	return piece.saved;
}
