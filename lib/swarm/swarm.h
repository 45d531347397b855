// SPDX-License-Identifier: BSD-3-Clause
// A swarm: the peers of one torrent in one address family, and the store that all swarms of a
// shard live in.
//
// Peers are numbered without gaps, leechers first, seeders behind them (so that what a seeder gets
// and what a leecher gets both start at the first peer), and kept in lines of 64
// bytes: addresses exactly as a reply wants them (6 or 18 bytes), then a word for each, then, with
// detail, the number of each one's record. A swarm of a few IPv4 peers has its line inside the
// torrent; a larger one has its lines under a tree of nodes of 16 children, so that it grows and
// shrinks by a line and never moves. Swarms of more than SWARM_INDEXED_FROM peers are in the
// store's peer index; smaller ones are searched line by line.
//
// Owned by the shard, so by one worker.

#pragma once

#include "../base/line.h"
#include "../base/rng.h"
#include "../base/siphash.h"
#include "../stats/verdict.h"
#include "peer_index.h"
#include "pool.h"
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
	SWARM_INDEXED_FROM = 64, // a larger swarm goes into the index
	SWARM_UNINDEXED_TO = 32, // and leaves it when it has shrunk to this
	SWARM_RUN = 10, // neighbours handed out together from a large swarm
	SWARM_OUT_SPARE = 36, // bytes behind the peers asked for that may be written to
	SWARM_FINISHED = 0x8000, // in a word, beside the time: its completion has been counted
	SWARM_TIME_MAX = 0x7fff, // times are kept in 15 bits
};

#define SWARM_NO_PEER UINT32_MAX

struct swarm {
	uint32_t leechers; // peers [0, leechers)
	uint32_t seeders; // peers [leechers, leechers + seeders)
	uint32_t completed; // leechers that became seeders, ever
	uint32_t root : 27; // node, where levels > 0
	uint32_t
		levels : 4; // 0: empty, or inside the torrent; 1: root is a line; more: nodes above
	uint32_t indexed : 1;
};

static_assert(sizeof(struct swarm) == 16, "the rest of a torrent's line is for its peers");

// What one peer told last, as it stood in its announce, and when. Cold: written by announces,
// read by nobody on the way of a packet.
struct swarm_record {
	uint8_t peer_id[20];
	rte_be64_t downloaded; // bytes
	rte_be64_t left;
	rte_be64_t uploaded;
	uint32_t updated_event; // seconds, the clock of the shard, and 2 bits of enum bep15_event
} __attribute__((packed));

enum { SWARM_RECORD_BYTES = 48 };
static_assert(
	sizeof(struct swarm_record) == SWARM_RECORD_BYTES,
	"44 bytes of an announce, and time"
);

struct swarm_store {
	struct pool nodes;
	struct pool records; // empty without detail
	struct peer_index index;
	struct siphash_key key; // of the index
	struct rng rng;
	struct swarm_timing *timing; // NULL: nobody wants to know
	bool detail;
};

// One swarm with what it needs around it.
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

// Nodes for `peers` peers of a family in up to `torrents` torrents. Enough for IPv6 whatever the
// sizes of swarms; for IPv4 enough where lines are four fifths full on average, which they are
// unless most swarms have 9 to 25 peers (6 to 16 with detail): then a fifth less may fit.
uint32_t swarm_nodes(enum family family, bool detail, uint32_t peers, uint32_t torrents);

// What is known of an announce before it is carried out, so that memory can be fetched in time.
struct swarm_plan {
	uint64_t hash; // of the asker, where the swarm is indexed
	struct rng rng; // decides which peers it will get
};

// An announce by `address` (6 or 18 bytes, network order).
struct swarm_announce {
	const uint8_t *address;
	struct swarm_plan *plan; // of swarm_prepare
	uint8_t *out; // room for num_want peers and SWARM_OUT_SPARE bytes; NULL with num_want 0
	uint16_t num_want;
	uint16_t time; // now, 0 to SWARM_TIME_MAX
	bool seeder; // it has everything
	bool stopped; // it leaves
	bool may_add; // there is room for one more peer
	// Out:
	bool full; // not stored: no room
	bool added;
	bool removed;
	bool changed; // added, removed, finished, or gone to the other side
	bool finished; // went from leecher to seeder, for the first time since it was added
	uint16_t peer_count; // written to `out`: different ones, never the asker, at random, each
		// with the same chance; for a seeder leechers alone
	uint32_t record; // of the peer, in store->records, or the one it gave back; POOL_NONE
		// without detail
};

// Before an announce in a swarm that has lines, memory is sent for in steps, each of which needs what
// the one before has sent for: the root of its tree, the nodes under it, the lines of the peers it
// will get (and the place of the asker in the index), the asker's line. A burst takes a step for all
// its announces before the next. swarm_prepare_nodes may be left out.

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

// Adds or updates the asker, or removes it, and selects peers for it. The cost depends on num_want
// and, in large swarms, the logarithm of the size.
void swarm_announce(const struct swarm_ref *ref, struct swarm_announce *announce);

// Looks at up to `budget` peers from *peer on, and removes those whose time is more than `timeout`
// before `now` (both in the unit of announce.time, modulo 2^15). Others may move into their
// places, so *peer stays where a peer went. Returns how many it looked at; *removed grows.
unsigned swarm_sweep(
	const struct swarm_ref *ref,
	uint32_t *peer,
	unsigned budget,
	uint16_t now,
	uint16_t timeout,
	uint32_t *removed
);

// Peer i: its address (6 or 18 bytes), its time, and its record (NULL without detail).
const uint8_t *swarm_peer(
	const struct swarm_ref *ref,
	uint32_t i,
	uint16_t *time,
	const struct swarm_record **record
);
