// SPDX-License-Identifier: BSD-3-Clause
// A swarm: the peers of one torrent in one address family, and the store of all swarms of a shard.
//
// Peers are numbered without gaps, leechers first, seeders behind them, so that the peers for a seeder and
// those for a leecher both start at the first one. They are stored in lines of 64 bytes: addresses exactly
// as in a reply (6 or 18 bytes), then a word for each peer, then, with detail, the number of its record. A
// swarm of a few IPv4 peers has its line inside the torrent. A larger one has its lines below a tree of
// nodes with 16 children, so that it grows and shrinks by a line and never moves. Swarms of more than
// SWARM_INDEXED_FROM peers are in the store's peer index; smaller ones are searched line by line.
//
// Owned by the shard, so by one worker.

#pragma once

#include "../base/line.h"
#include "../base/rng.h"
#include "../base/siphash.h"
#include "../stats/verdict.h"
#include "peer_index.h"
#include "pool.h"
#include "sources.h"
#include "swarm_record.h"
#include "timing.h"

#include <assert.h>
#include <stdbool.h>
#include <stdint.h>

enum {
	SWARM_NODE_BYTES = LINE_BYTES,
	SWARM_NODE_CHILDREN = 16,
	SWARM_LEVELS_MAX = 8,
	SWARM_NODES_MAX = (1 << 27) - 1,
	SWARM_INSIDE_BYTES = 48, // of a torrent, for IPv4 peers
	SWARM_INDEXED_FROM = 64, // a larger swarm is added to the index
	SWARM_UNINDEXED_TO = 32, // and removed from it when it has shrunk to this
	SWARM_RUN = 10, // consecutive peers selected together from a large swarm
	SWARM_OUT_SPARE = 36, // bytes behind the wanted peers that may be overwritten
	SWARM_FINISHED = 0x8000, // in a word, beside the time: its completion has been counted
	SWARM_TIME_MAX = 0x7fff, // times are kept in 15 bits
};

#define SWARM_NO_PEER UINT32_MAX
#define SWARM_UNLIMITED UINT32_MAX // there is capacity, and the limits of the source do not apply

struct swarm {
	uint32_t leechers; // peers [0, leechers)
	uint32_t seeders; // peers [leechers, leechers + seeders)
	uint32_t completed; // leechers that became seeders, ever
	uint32_t root : 27; // node, if levels > 0
	// 0: empty, or inside the torrent; 1: the root is a line; more: levels of nodes above the lines.
	uint32_t levels : 4;
	uint32_t indexed : 1;
};

static_assert(sizeof(struct swarm) == 16, "the rest of a torrent's line is for its peers");

struct swarm_store {
	struct pool nodes;
	struct pool records; // empty without detail
	struct peer_index index;
	struct siphash_key key; // of the index
	struct sources sources; // of all peers
	struct rng rng;
	struct swarm_timing *timing; // NULL: not timed
	bool detail;
};

// A swarm plus the store it lives in.
struct swarm_ref {
	struct swarm_store *store;
	struct swarm *swarm;
	uint8_t *inside; // SWARM_INSIDE_BYTES of the torrent; NULL for IPv6
	uint32_t torrent; // number of the torrent, part of the index's key
	enum family family;
};

static inline uint32_t
swarm_peers(const struct swarm *swarm)
{
	return swarm->leechers + swarm->seeders;
}

// Number of nodes for `peers` peers of a family in up to `torrents` torrents. For IPv6 it is enough whatever
// the sizes of swarms. For IPv4 it is enough if lines are four fifths full on average, which they are unless
// most swarms have 9 to 25 peers (6 to 16 with detail): then up to a fifth fewer peers fit.
uint32_t swarm_nodes(enum family family, bool detail, uint32_t peers, uint32_t torrents);

// A planned announce, whose memory is prefetched before it is carried out.
struct swarm_plan {
	uint64_t hash; // of the peer, if the swarm is indexed
	struct rng rng; // selects the peers of the reply
};

// Why a peer was not stored.
enum swarm_full {
	SWARM_STORED,
	SWARM_FULL, // no capacity
	SWARM_SOURCE_FULL, // its source has its share
};

// An announce by `address` (6 or 18 bytes, network order).
struct swarm_announce {
	const uint8_t *address;
	struct swarm_plan *plan; // of swarm_prepare
	uint8_t *out; // num_want peers and SWARM_OUT_SPARE bytes; may be NULL if num_want is 0
	uint16_t num_want;
	uint16_t time; // now, 0 to SWARM_TIME_MAX
	bool seeder; // left is 0
	bool stopped; // event stopped: the peer is removed
	uint32_t may_add; // number of peers for which the shard has capacity, or SWARM_UNLIMITED
	uint64_t source; // sources_hash of the address; 0: not known yet
	// Out:
	uint8_t full; // enum swarm_full
	bool added;
	bool removed;
	bool changed; // added, removed, finished, or changed between leecher and seeder
	bool finished; // changed from leecher to seeder, for the first time since it was added
	// Peers written to `out`: different ones, never the client itself, all with the same probability;
	// for a seeder only leechers.
	uint16_t peer_count;
	// Of the peer, in store->records, or the one that it freed; POOL_NONE without detail.
	uint32_t record;
};

// Before an announce in a swarm that has lines, its memory is prefetched in steps, each depending on the
// lines fetched by the one before: the root of the tree, the nodes below it, the lines of the peers for the
// reply (and the peer's entry in the index), the peer's own line. A burst takes one step for all its
// announces before the next. swarm_prepare_nodes is optional.

// Begins the plan. Changes nothing but the store's rng.
void swarm_prepare_root(const struct swarm_ref *ref, struct swarm_plan *plan);
void swarm_prepare_nodes(
	const struct swarm_ref *ref,
	bool seeder,
	uint16_t num_want,
	const struct swarm_plan *plan
);
void swarm_prepare(
	const struct swarm_ref *ref,
	const uint8_t *address,
	bool seeder,
	uint16_t num_want,
	struct swarm_plan *plan
);

void swarm_prepare_peer(const struct swarm_ref *ref, const struct swarm_plan *plan);

// Adds, updates or removes the peer, and selects peers for the reply. The cost depends on num_want and, in
// large swarms, on the logarithm of the size.
void swarm_announce(const struct swarm_ref *ref, struct swarm_announce *announce);

// Visits up to `budget` peers from *peer on, and removes those whose time is more than `timeout` before
// `now` (both in the unit of announce.time, modulo 2^15). *peer advances past the peers that stay: another
// peer may move into the place of a removed one. Returns the number of visited peers and adds to *removed.
unsigned swarm_sweep(
	const struct swarm_ref *ref,
	uint32_t *peer,
	unsigned budget,
	uint16_t now,
	uint16_t timeout,
	uint32_t *removed
);

// Removes up to `budget` peers, the last ones first. Returns their number.
unsigned swarm_clear(const struct swarm_ref *ref, unsigned budget);

// Gets the address (6 or 18 bytes), time and record (NULL without detail) of peer i.
const uint8_t *swarm_peer(
	const struct swarm_ref *ref,
	uint32_t i,
	uint16_t *time,
	const struct swarm_record **record
);
