// SPDX-License-Identifier: BSD-3-Clause
// The purge of a shard, which removes torrents that the access list does not allow, in bounded pieces.

#include "shard_inline.h"

#include <rte_prefetch.h>

enum { PREFETCH_TORRENTS = 4 }; // ahead of the search

void
shard_set_access(struct shard *shard, const struct access_list *list, uint32_t wall_s)
{
	struct shard_purge *purge = &shard->purge;
	uint32_t version = list == NULL ? 0 : list->version;

	shard->access = list;
	shard->wall_s = wall_s;
	if (likely(version == purge->version))
		return;
	purge->version = version;
	purge->next = 0;
	purge->searches = list != NULL && list->mode != ACCESS_OFF && shard->positions_used > 0;
	purge->rests = false;
}

// Removes peers of the torrent that has left. Its swarms share `number` with another torrent that may be
// at its position by now: their entries in the peer index are interchangeable where they are the same.
static unsigned
remove_peers(struct shard *shard, enum family family, unsigned budget)
{
	struct shard_purge *purge = &shard->purge;
	struct swarm_ref ref = {
		.store = &shard->store,
		.home = family == FAMILY_IPV4 ? &purge->torrent : shard_ipv6(shard, &purge->cold),
		.torrent = purge->number,
		.family = family,
	};
	struct swarm before = ref.home->swarm;
	unsigned removed = swarm_clear(&ref, budget);

	shard->counts.seeders[family] -= before.seeders - ref.home->swarm.seeders;
	shard->counts.leechers[family] -= before.leechers - ref.home->swarm.leechers;
	shard->counts.peers_purged += removed;
	shard->peers -= removed;
	if (family == FAMILY_IPV6)
		shard_ipv6_close(shard, &purge->cold);
	return removed;
}

// Takes a torrent out of the table, however many peers it has.
static void
take_out(struct shard *shard, uint32_t position)
{
	struct shard_purge *purge = &shard->purge;
	struct torrent_cold *cold = &shard->torrents_cold[position];

	shard_empty_remove(shard, position);
	rte_hash_del_key_with_hash(shard->index, shard_info_hash(shard, position), cold->hash);
	purge->torrent = shard->torrents[position];
	purge->cold = *cold;
	purge->number = position;
	cold->used = false;
	shard->counts.torrents--;
	shard->counts.torrents_purged++;
	if (position == shard->sweep_torrent) { // the sweep was inside of it
		shard->sweep_family = FAMILY_IPV4;
		shard->sweep_peer = 0;
	}
}

// Visits the next place of the table.
static void
search(struct shard *shard)
{
	struct shard_purge *purge = &shard->purge;
	const struct torrent_cold *cold = &shard->torrents_cold[purge->next];
	const uint8_t *info_hash = shard_info_hash(shard, purge->next);

	rte_prefetch0(cold + PREFETCH_TORRENTS);
	rte_prefetch0(info_hash + PREFETCH_TORRENTS * shard->key_stride);
	if (cold->used && !access_list_allows(shard->access, info_hash, shard->wall_s))
		take_out(shard, purge->next);
	purge->searches = ++purge->next < shard->positions_used;
}

// Not inlined, because it would take registers from the worker's turn.
static __rte_noinline unsigned
purge_on(struct shard *shard, unsigned budget)
{
	struct shard_purge *purge = &shard->purge;
	unsigned looked = 0;

	while (looked < budget) {
		looked += remove_peers(shard, FAMILY_IPV4, budget - looked);
		looked += remove_peers(shard, FAMILY_IPV6, budget - looked);
		if (looked == budget)
			break;
		if (!purge->searches) {
			purge->rests = true;
			break;
		}
		search(shard);
		looked++;
	}
	return looked;
}

unsigned
shard_purge(struct shard *shard, unsigned budget)
{
	return likely(shard->purge.rests) ? 0 : purge_on(shard, budget);
}
