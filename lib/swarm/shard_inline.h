// SPDX-License-Identifier: BSD-3-Clause
// The inside of a shard, for the sources of shard.h and their tests.
//
// A torrent is a hot cache line, the home of its IPv4 swarm, and a cold part with everything that an IPv4
// announce does not need. Its IPv6 swarm has a home only while it has peers.

#pragma once

#include "shard.h"
#include "swarm.h"

#include <rte_branch_prediction.h>
#include <rte_hash.h>

enum { INFO_HASH_BYTES = 20 };

struct torrent_cold {
	uint32_t hash; // keyed hash of the info_hash
	uint32_t ipv6; // line of the home of its IPv6 swarm, + 1; 0: it has no peers
	uint32_t ipv6_completed; // of that swarm while it has no home
	uint32_t empty_since_s; // if there are no peers: time of the last removal
	int32_t empty_next, empty_previous; // positions in its list (shard_empty.c), or -1
	bool empty; // is in a list of torrents without peers
	bool used;
};

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
	struct swarm_home torrent;
	struct torrent_cold cold;
	uint32_t number; // its former position, which is part of the keys of the peer index
	uint32_t version; // of the access list that torrents were or are compared with; 0: none
	uint32_t next; // position where the search resumes
	bool searches; // until the end of the table
	bool rests; // nothing to search and no peers to remove
};

struct shard {
	struct rte_hash *index; // info_hash -> position in torrents
	const uint8_t *keys; // those of index, by position
	uint32_t key_stride; // bytes
	struct swarm_home *torrents; // the homes of their IPv4 swarms
	struct torrent_cold *torrents_cold; // by the same position
	struct swarm_store store;
	struct shard_counts counts;
	struct shard_config config;
	uint32_t positions; // of index and torrents
	// Positions from this one on were never used, so nobody looks there: their memory stays untouched.
	uint32_t positions_used;
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

// The info_hash of a torrent; also of one that has just left, until another one takes its position.
static __rte_always_inline const uint8_t *
shard_info_hash(const struct shard *shard, uint32_t position)
{
	return shard->keys + (size_t)position * shard->key_stride;
}

// A new torrent has taken this position.
static inline void
shard_note_position(struct shard *shard, uint32_t position)
{
	shard->positions_used = RTE_MAX(shard->positions_used, position + 1);
}

// The home of an IPv6 swarm without peers. Nobody writes to it.
extern const struct swarm_home shard_no_home;

static __rte_always_inline struct swarm_home *
shard_ipv6(const struct shard *shard, const struct torrent_cold *cold)
{
	if (cold->ipv6 == 0)
		return (struct swarm_home *)(uintptr_t)&shard_no_home;
	return slab_line(&shard->store.slab, cold->ipv6 - 1);
}

static __rte_always_inline struct swarm_ref
shard_swarm(struct shard *shard, uint32_t position, enum family family)
{
	return (struct swarm_ref){
		.store = &shard->store,
		.home = family == FAMILY_IPV4 ? &shard->torrents[position]
					      : shard_ipv6(shard, &shard->torrents_cold[position]),
		.torrent = position,
		.family = family,
	};
}

// Before a peer may be added: gives the IPv6 swarm a home, unless it has one. Returns false if there is no
// line. A home that stays without peers has to be closed.
bool shard_ipv6_open(struct shard *shard, uint32_t position);
void shard_ipv6_close(struct shard *shard, struct torrent_cold *cold);

static inline uint32_t
shard_ipv6_completed(const struct shard *shard, const struct torrent_cold *cold)
{
	return cold->ipv6 == 0 ? cold->ipv6_completed : shard_ipv6(shard, cold)->swarm.completed;
}

static inline uint32_t
shard_completed(const struct shard *shard, uint32_t position)
{
	return shard->torrents[position].swarm.completed
		+ shard_ipv6_completed(shard, &shard->torrents_cold[position]);
}

// Peers of both families.
static inline uint32_t
shard_torrent_peers(const struct shard *shard, uint32_t position)
{
	return swarm_peers(&shard->torrents[position].swarm)
		+ swarm_peers(&shard_ipv6(shard, &shard->torrents_cold[position])->swarm);
}

// Torrents without peers, by position. Adding one that is there, or removing one that is not, does nothing.
void shard_empty_init(struct shard *shard);
void shard_empty_add(struct shard *shard, uint32_t position);
void shard_empty_remove(struct shard *shard, uint32_t position);

// Removes a torrent without peers from the table and from its list.
void shard_remove_torrent(struct shard *shard, uint32_t position);

// To be called after peers were removed, or not stored. An IPv6 swarm without peers loses its home.
static inline void
shard_note_empty(struct shard *shard, uint32_t position, uint32_t now_s)
{
	struct torrent_cold *cold = &shard->torrents_cold[position];

	shard_ipv6_close(shard, cold);
	if (cold->empty || shard_torrent_peers(shard, position) > 0)
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
