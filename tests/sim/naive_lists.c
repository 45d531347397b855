// SPDX-License-Identifier: BSD-3-Clause

#include "naive_lists.h"

#include <stdlib.h>
#include <string.h>

enum {
	BUCKETS = 1 << 17,
	GONE = 1 << 14, // peers that left, for snapshots begun before
};

struct gone {
	uint8_t address[NAIVE_ADDRESS_MAX];
	uint32_t torrent;
	uint8_t family;
	uint64_t moment;
};

struct naive_lists naive_lists;
static struct peer *buckets[BUCKETS];
static struct gone gone[GONE];
static uint64_t gone_count;

static struct peer **
bucket_of(uint32_t torrent, unsigned family, const uint8_t *address)
{
	uint64_t hash = torrent * UINT64_C(0x9e3779b97f4a7c15) + family;

	for (unsigned i = 0; i < NAIVE_ADDRESS_MAX; i++)
		hash = (hash ^ address[i]) * UINT64_C(0x100000001b3);
	return &buckets[(hash ^ hash >> 32) % BUCKETS];
}

struct peer *
lists_find(uint32_t torrent, unsigned family, const uint8_t *address)
{
	struct peer *peer = *bucket_of(torrent, family, address);

	while (peer != NULL
	       && (peer->torrent != torrent || peer->family != family
		   || memcmp(peer->address, address, NAIVE_ADDRESS_MAX) != 0))
		peer = peer->next;
	return peer;
}

struct swarm *
lists_swarm(const struct peer *peer)
{
	return &naive_lists.torrents[peer->torrent].swarms[peer->family];
}

void
lists_use(uint32_t torrent)
{
	if (torrent >= naive_lists.torrents_used)
		naive_lists.torrents_used = torrent + 1;
}

struct peer *
lists_add(uint32_t torrent, unsigned family, const uint8_t *address, bool seeder, int64_t seen_s)
{
	struct peer **bucket = bucket_of(torrent, family, address);
	struct swarm *swarm = &naive_lists.torrents[torrent].swarms[family];
	struct peer *peer = malloc(sizeof(*peer));

	if (swarm->count == swarm->room) {
		swarm->room = swarm->room == 0 ? 8 : 2 * swarm->room;
		swarm->peers = realloc(swarm->peers, swarm->room * sizeof(struct peer *));
	}
	if (peer == NULL || swarm->peers == NULL)
		abort();
	*peer = (struct peer){
		.next = *bucket,
		.family = (uint8_t)family,
		.seeder = seeder,
		.torrent = torrent,
		.place = swarm->count,
		.seen_s = seen_s,
		.joined = naive_lists.moment,
	};
	memcpy(peer->address, address, sizeof(peer->address));
	*bucket = peer;
	if (swarm->count == 0 || seen_s < swarm->oldest_s)
		swarm->oldest_s = seen_s;
	swarm->peers[swarm->count++] = peer;
	swarm->seeders += seeder;
	naive_lists.peer_count++;
	lists_use(torrent);
	return peer;
}

void
lists_remove(struct peer *peer)
{
	struct peer **link = bucket_of(peer->torrent, peer->family, peer->address);
	struct swarm *swarm = lists_swarm(peer);
	struct gone *entry = &gone[gone_count++ % GONE];

	while (*link != peer)
		link = &(*link)->next;
	*link = peer->next;
	swarm->peers[peer->place] = swarm->peers[--swarm->count];
	swarm->peers[peer->place]->place = peer->place;
	swarm->seeders -= peer->seeder;
	swarm->doubts -= peer->doubt;
	swarm->left = naive_lists.moment;
	*entry = (struct gone){
		.torrent = peer->torrent, .family = peer->family, .moment = naive_lists.moment};
	memcpy(entry->address, peer->address, sizeof(entry->address));
	naive_lists.peer_count--;
	free(peer);
}

void
lists_set_doubt(struct peer *peer, bool doubt)
{
	lists_swarm(peer)->doubts += doubt;
	lists_swarm(peer)->doubts -= peer->doubt;
	peer->doubt = doubt;
}

void
lists_set_seeder(struct peer *peer, bool seeder)
{
	struct swarm *swarm = lists_swarm(peer);

	if (peer->seeder == seeder)
		return;
	swarm->seeders += seeder;
	swarm->seeders -= peer->seeder;
	swarm->left = naive_lists.moment;
	peer->seeder = seeder;
}

bool
lists_left_since(uint32_t torrent, unsigned family, const uint8_t *address, uint64_t since)
{
	uint64_t oldest = gone_count > GONE ? gone_count - GONE : 0;

	if (oldest > 0 && gone[oldest % GONE].moment > since)
		return true; // not known any more
	for (uint64_t i = gone_count; i-- > oldest && gone[i % GONE].moment > since;)
		if (gone[i % GONE].torrent == torrent && gone[i % GONE].family == family
		    && memcmp(gone[i % GONE].address, address, NAIVE_ADDRESS_MAX) == 0)
			return true;
	return false;
}
