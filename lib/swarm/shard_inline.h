// SPDX-License-Identifier: BSD-3-Clause
// A torrent: one hot cache line with its IPv4 swarm, whole where that is small, and a cold one
// with everything an IPv4 announce does not need.

#pragma once

#include "shard.h"
#include "swarm.h"

#include <rte_branch_prediction.h>
#include <rte_hash.h>

enum { INFO_HASH_BYTES = 20 };

struct torrent {
	uint8_t peers[SWARM_INSIDE_BYTES]; // of ipv4, while they fit
	struct swarm ipv4;
} __rte_aligned(LINE_BYTES);

static_assert(
	sizeof(struct torrent) == LINE_BYTES,
	"an announce touches one line of a small torrent"
);

struct torrent_cold {
	struct swarm ipv6;
	uint8_t info_hash[INFO_HASH_BYTES]; // the index finds keys by hash, not by position
	uint32_t hash; // keyed hash of info_hash
	uint32_t empty_since_s; // without any peer: when the last one left
	bool used;
} __rte_aligned(LINE_BYTES);

// The inside of a shard: shard.c, shard_sweep.c.
struct shard {
	struct rte_hash *index; // info_hash -> position in torrents
	struct torrent *torrents;
	struct torrent_cold *torrents_cold; // by the same position
	struct swarm_store store;
	struct shard_counts counts;
	struct shard_config config;
	uint32_t positions; // of index and torrents
	uint32_t peers; // of both families
	uint32_t time_unit_s; // of the times in swarms
	uint16_t timeout; // in that unit

	// The clock of the times in swarms, which keep 15 bits of it: see shard_time.
	uint32_t now_s; // when it was last moved on
	uint32_t time; // then, in time_unit_s
	uint32_t time_max; // 15 bits tell all peers apart until then

	// The sweep: where it goes on.
	uint32_t sweep_torrent;
	uint32_t sweep_peer;
	enum family sweep_family;
	uint32_t sweep_from; // `time` when this round began
	bool sweep_rests; // until sweep_next_s
	uint32_t sweep_next_s;
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

// After peers were removed.
static inline void
shard_note_empty(struct shard *shard, uint32_t position, uint32_t now_s)
{
	struct torrent_cold *cold = &shard->torrents_cold[position];

	if (swarm_peers(&shard->torrents[position].ipv4) + swarm_peers(&cold->ipv6) == 0)
		cold->empty_since_s = now_s;
}

// Moves the clock of the times in swarms to `now_s`, but not past time_max.
void shard_tick(struct shard *shard, uint32_t now_s);

// The time of a peer that announces now. It goes on with now_s for as long as 15 bits tell the oldest
// peer the sweep can have left from a new one, and stands still from then until the sweep has gone
// round: no peer's age is ever taken modulo 2^15.
static inline uint16_t
shard_time(struct shard *shard, uint32_t now_s)
{
	if (unlikely(now_s != shard->now_s))
		shard_tick(shard, now_s);
	return shard->time & SWARM_TIME_MAX;
}
