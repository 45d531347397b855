// SPDX-License-Identifier: BSD-3-Clause
// A swarm: the peers of one torrent in one address family, and the store of all swarms of a shard.
//
// Peers are numbered without gaps, leechers first, seeders behind them, so that the peers for a seeder and
// those for a leecher both start at the first one. They are stored in blocks: addresses exactly as in a reply
// (6 or 18 bytes), then a word for each peer, then, with detail, the number of its record. The block of a few
// peers is the home of the swarm. More are in up to twelve lines of 64 bytes, still more in chunks of 512,
// and the home lists these. Only a swarm of more than twelve chunks (768 IPv4 peers without detail) has nodes
// between its home and its chunks: chunks with the numbers of 128 others. So the peers of a reply stand side
// by side whatever the size of the swarm, and a swarm grows by a line or a chunk.
//
// The order of the peers of a large swarm is random and changes all the time, so that any straight run of
// them is a fair sample: a new peer takes a random place, whose peer moves to the end, and now and then an
// announcing peer changes places with another one. Swarms of more than SWARM_INDEXED_FROM peers are large in
// this sense. They are in the store's peer index; smaller ones are searched.
//
// Owned by the shard, so by one worker.

#pragma once

#include "../base/keyed_hash.h"
#include "../base/line.h"
#include "../base/rng.h"
#include "../stats/verdict.h"
#include "peer_index.h"
#include "pool.h"
#include "slab.h"
#include "sources.h"
#include "swarm_plan.h"
#include "swarm_record.h"
#include "timing.h"

#include <rte_common.h>

#include <assert.h>
#include <stdbool.h>
#include <stdint.h>

enum {
	SWARM_HOME_BYTES = 48, // for peers
	SWARM_LIST = SWARM_HOME_BYTES / 4, // lines or chunks
	SWARM_LEVELS_MAX = 5,
	SWARM_CHUNKS_MAX = (1 << 27) - 1, // of a store: lines have 30 bits
	SWARM_INDEXED_FROM = 64, // a larger swarm is added to the index
	SWARM_UNINDEXED_TO = 32, // and removed from it when it has shrunk to this
	SWARM_SHUFFLE = 3, // one announce in this number changes places with another peer
	SWARM_OUT_SPARE = 36, // bytes behind the wanted peers that may be overwritten
	SWARM_FINISHED = 0x8000, // in a word, beside the time: its completion has been counted
	SWARM_TIME_MAX = 0x7fff, // times are kept in 15 bits
};

#define SWARM_NO_PEER UINT32_MAX
#define SWARM_UNLIMITED UINT32_MAX // there is capacity, and the limits of the source do not apply

// Where the peers of a swarm are. Above SWARM_IN_CHUNKS: chunks below as many more levels of nodes.
enum { SWARM_IN_HOME, SWARM_IN_LINES, SWARM_IN_CHUNKS };

struct swarm {
	uint32_t leechers; // peers [0, leechers)
	uint32_t seeders; // peers [leechers, leechers + seeders)
	uint32_t completed; // leechers that became seeders, ever
	uint16_t levels; // SWARM_IN_HOME to SWARM_LEVELS_MAX
	uint16_t indexed; // bool
};

struct swarm_home {
	union {
		uint8_t peers[SWARM_HOME_BYTES]; // SWARM_IN_HOME
		uint32_t list[SWARM_LIST]; // numbers of lines, chunks or nodes
	};
	struct swarm swarm;
} __rte_aligned(LINE_BYTES);

static_assert(sizeof(struct swarm_home) == LINE_BYTES, "a small swarm is one line");

struct swarm_store {
	struct slab slab;
	struct pool records; // empty without detail
	struct peer_index index;
	struct keyed_hash_key key; // of the index
	struct sources sources; // of all peers
	struct rng rng;
	struct swarm_timing *timing; // NULL: not timed
	uint32_t
		still; // torrent whose announcing peers keep their places (a snapshot reads them), or none
	bool detail;
};

// A swarm plus the store it lives in.
struct swarm_ref {
	struct swarm_store *store;
	struct swarm_home *home;
	uint32_t torrent; // number of the torrent, part of the index's key
	enum family family;
};

static inline uint32_t
swarm_peers(const struct swarm *swarm)
{
	return swarm->leechers + swarm->seeders;
}

// Number of chunks for `peers` peers of a family in up to `torrents` torrents. For IPv6 it is enough whatever
// the sizes of swarms, and includes their homes. For IPv4 it is enough if lines and chunks are fifteen
// sixteenths full on average; the peers in homes, which take no other room, make up for emptier ones. If most
// swarms have 7 to 25 peers (5 to 16 with detail), up to a third fewer peers fit.
uint32_t swarm_chunks(enum family family, bool detail, uint32_t peers, uint32_t torrents);

// Why a peer was not stored.
enum swarm_full {
	SWARM_STORED,
	SWARM_FULL, // no capacity
	SWARM_SOURCE_FULL, // its source has its share
};

// An announce by `address` (6 or 18 bytes, network order).
struct swarm_announce {
	const uint8_t *address;
	struct swarm_plan *plan; // of swarm_plan_begin
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

// Carries out an announce that only says that its peer is still there, in an indexed swarm: it needs neither
// may_add nor source. Returns false and does nothing for any other, also one that stops.
bool swarm_refresh(const struct swarm_ref *ref, struct swarm_announce *announce);

// Adds, updates or removes the peer, and selects peers for the reply. The cost depends on num_want.
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
