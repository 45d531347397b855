// SPDX-License-Identifier: BSD-3-Clause
// The inside of a shard, for the sources of shard.h and their tests.
//
// A torrent has one hot cache line with its IPv4 swarm, which includes the peers if it is small, and a cold
// line with everything that an IPv4 announce does not need.

#pragma once

#include "shard.h"
#include "swarm.h"

#include <rte_branch_prediction.h>
#include <rte_hash.h>

enum { INFO_HASH_BYTES = 20 };

struct torrent {
	uint8_t peers[SWARM_INSIDE_BYTES]; // of ipv4, as long as they fit
	struct swarm ipv4;
} __rte_aligned(LINE_BYTES);

static_assert(
	sizeof(struct torrent) == LINE_BYTES,
	"an announce touches one line of a small torrent"
);

struct torrent_cold {
	struct swarm ipv6;
	uint8_t info_hash[INFO_HASH_BYTES]; // rte_hash does not return keys by position
	uint32_t hash; // keyed hash of info_hash
	uint32_t empty_since_s; // if there are no peers: time of the last removal
	int32_t empty_next, empty_previous; // positions in its list (shard_empty.c), or -1
	bool empty; // is in a list of torrents without peers
	bool used;
} __rte_aligned(LINE_BYTES);

enum {
	SHARD_EMPTY_LISTS = 33, // 0 downloads, 1, 2 to 3, 4 to 7, ...
	SHARD_EMPTY_PARTS = 8, // torrents without peers take at most an eighth of the table
};

struct shard_empty_list {
	int32_t first, last; // positions, or -1
};

// Removes what the access list does not allow (shard_purge.c).
struct shard_purge {
	// The torrent whose peers are being removed; the table does not have it any more.
	struct torrent torrent;
	struct torrent_cold cold;
	uint32_t number; // its former position, which is part of the keys of the peer index
	uint32_t version; // of the access list that torrents were or are compared with; 0: none
	uint32_t next; // position where the search resumes
	bool searches; // until the end of the table
	bool rests; // nothing to search and no peers to remove
};

struct shard {
	struct rte_hash *index; // info_hash -> position in torrents
	struct torrent *torrents;
	struct torrent_cold *torrents_cold; // by the same position
	struct swarm_store store;
	struct shard_counts counts;
	struct shard_config config;
	uint32_t positions; // of index and torrents
	uint32_t peers; // of both address families
	uint32_t time_unit_s; // unit of the times in swarms
	uint16_t timeout; // in time_unit_s

	// The clock of the times in swarms, which store 15 bits of it: see shard_time.
	uint32_t now_s; // last update
	uint32_t time; // at that update, in time_unit_s
	uint32_t time_max; // 15 bits distinguish the times of all peers up to this one

	// The sweep: where it resumes.
	uint32_t sweep_torrent;
	uint32_t sweep_peer;
	enum family sweep_family;
	uint32_t sweep_from; // `time` at the start of this round
	bool sweep_rests; // until sweep_next_s
	uint32_t sweep_next_s;

	// Torrents without peers, by their downloads.
	struct {
		uint32_t count; // in all lists
		struct shard_empty_list lists[SHARD_EMPTY_LISTS];
	} empty;

	const struct access_list *access; // NULL: all torrents are served
	uint32_t wall_s; // Unix time, for `access`
	struct shard_purge purge;
};

static __rte_always_inline struct swarm_ref
shard_swarm(struct shard *shard, uint32_t position, enum family family)
{
	struct torrent *torrent = &shard->torrents[position];
	bool ipv4 = family == FAMILY_IPV4;

	return (struct swarm_ref){
		.store = &shard->store,
		.swarm = ipv4 ? &torrent->ipv4 : &shard->torrents_cold[position].ipv6,
		.inside = ipv4 ? torrent->peers : NULL,
		.torrent = position,
		.family = family,
	};
}

static inline uint32_t
shard_completed(const struct shard *shard, uint32_t position)
{
	return shard->torrents[position].ipv4.completed
		+ shard->torrents_cold[position].ipv6.completed;
}

// Torrents without peers, by position. Adding one that is there, or removing one that is not, does nothing.
void shard_empty_init(struct shard *shard);
void shard_empty_add(struct shard *shard, uint32_t position);
void shard_empty_remove(struct shard *shard, uint32_t position);

// Removes a torrent without peers from the table and from its list.
void shard_remove_torrent(struct shard *shard, uint32_t position);

// To be called after peers were removed, or not stored.
static inline void
shard_note_empty(struct shard *shard, uint32_t position, uint32_t now_s)
{
	struct torrent_cold *cold = &shard->torrents_cold[position];

	if (cold->empty
	    || swarm_peers(&shard->torrents[position].ipv4) + swarm_peers(&cold->ipv6) > 0)
		return;
	cold->empty_since_s = now_s;
	shard_empty_add(shard, position);
}

// Advances the clock of the times in swarms to `now_s`, but not past time_max.
void shard_tick(struct shard *shard, uint32_t now_s);

// The time of a peer that announces now. It advances with now_s as long as 15 bits distinguish the oldest
// peer that the sweep can have left from a new one. Then it stops until the sweep has completed a round, so
// the age of a peer never wraps.
static inline uint16_t
shard_time(struct shard *shard, uint32_t now_s)
{
	if (unlikely(now_s != shard->now_s))
		shard_tick(shard, now_s);
	return shard->time & SWARM_TIME_MAX;
}
