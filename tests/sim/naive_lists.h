// SPDX-License-Identifier: BSD-3-Clause
// The lists of the naive tracker: torrents, their swarms, and peers, which a hash of their address finds. Private to
// naive.c.

#pragma once

#include "naive.h"

enum finished { FINISHED_NO, FINISHED_YES, FINISHED_MAYBE };

struct peer {
	struct peer *next; // of its bucket
	uint8_t address[NAIVE_ADDRESS_MAX];
	uint8_t family;
	uint8_t finished; // enum finished
	bool seeder, doubt;
	uint32_t torrent;
	uint32_t place; // in its swarm
	int64_t seen_s;
	uint64_t joined; // moment
	uint64_t marked; // the reply that has named it
};

struct swarm {
	struct peer **peers;
	unsigned count, room, seeders;
	unsigned doubts; // peers that are marked so
	int64_t oldest_s; // nobody has announced before
	uint64_t left; // moment at which a peer left or changed sides
};

struct torrent {
	struct swarm swarms[NAIVE_FAMILIES];
	uint32_t completed_low, completed_high;
	int64_t left_s; // when a peer was last found to have left
	int64_t empty_s; // the same, or earlier: as early as it may have left
};

// All of them.
extern struct naive_lists {
	struct torrent torrents[NAIVE_TORRENTS_MAX];
	uint32_t torrents_used; // higher ones were never named
	uint64_t peer_count;
	uint64_t moment; // counts what changes
} naive_lists;

// NULL: it is not there.
struct peer *lists_find(uint32_t torrent, unsigned family, const uint8_t *address);
struct peer *
lists_add(uint32_t torrent, unsigned family, const uint8_t *address, bool seeder, int64_t seen_s);
void lists_remove(struct peer *peer);

struct swarm *lists_swarm(const struct peer *peer);
void lists_set_doubt(struct peer *peer, bool doubt);
void lists_set_seeder(struct peer *peer, bool seeder);

// A torrent was named.
void lists_use(uint32_t torrent);

// Whether such a peer was removed after a moment. Also if that is too long ago to be known.
bool lists_left_since(uint32_t torrent, unsigned family, const uint8_t *address, uint64_t since);
