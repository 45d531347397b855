// SPDX-License-Identifier: BSD-3-Clause
// A tracker as anybody would write it first, from BEP 15 and docs/protocol.md: lists of peers. It calls no code of
// lib/. The simulator gives it every request in the order in which a worker has carried it out, with what the worker
// made of it, and it says whether that is right.
//
// What BEP 15 leaves open is a range here. A peer that has not announced for longer than the timeout may be there until
// the sweep finds it; one of a torrent that the list does not allow any more until the purge does: such a peer is "in
// doubt". It is forgotten when a sweep must have removed it, or when the counts of a reply say that it is gone.
//
// Times are seconds of the appliance's clock since its start; peers of a snapshot may have times before that.

#pragma once

#include <stdbool.h>
#include <stdint.h>

enum {
	NAIVE_TORRENTS_MAX = 1 << 16,
	NAIVE_ADDRESS_MAX = 18, // address and port
};

// IPv4 and IPv6.
enum { NAIVE_FAMILIES = 2 };

enum naive_outcome { NAIVE_STORED, NAIVE_NOT_STORED, NAIVE_DENIED };

struct naive_announce {
	uint32_t torrent;
	unsigned family; // 0: IPv4, 1: IPv6
	uint8_t address[NAIVE_ADDRESS_MAX]; // 6 or 18 bytes, the rest zeros
	bool seeder;
	bool stopped;
	unsigned want; // peers
	// What the worker made of it.
	enum naive_outcome outcome;
	uint32_t seeders, leechers;
	const uint8_t *peers;
	unsigned peer_count;
};

// The counts of a torrent that a scrape showed.
struct naive_row {
	uint32_t seeders, leechers, completed;
};

struct naive_sizes {
	uint32_t timeout_s;
	uint32_t keep_completed_s;
	bool trims; // torrents without peers may leave before that, because there are many
};

// Nobody is there. Also after a crash.
void naive_reset(const struct naive_sizes *sizes);

// NULL, or what is wrong with the worker's result.
const char *naive_announced(const struct naive_announce *announce, int64_t now_s);
const char *
naive_scraped(uint32_t torrent, unsigned family, const struct naive_row *row, int64_t now_s);

// The clock jumped, or an lcore stood still: it may take some time until what has timed out is gone.
void naive_disturbed(int64_t now_s);

// A torrent is not served any more: it leaves now or later.
void naive_doubt_torrent(uint32_t torrent);

// Whether any peer of it, or a count of downloads, may be there.
bool naive_has(uint32_t torrent, int64_t now_s);

// Peers and torrents that are there: at least, and at most.
struct naive_total {
	uint64_t certain, most;
};
struct naive_total naive_peers(int64_t now_s);
struct naive_total naive_torrents(int64_t now_s);
uint64_t naive_most_peers(void); // the same in no time, with those that a sweep must have removed

// A peer as a snapshot has it.
struct naive_state {
	uint8_t address[NAIVE_ADDRESS_MAX];
	bool seeder;
	bool finished; // its download has been counted
	int64_t seen_s;
};

// Puts a peer in that a snapshot had; `doubt`: its age is so near to the timeout that it may be left out.
void naive_restore(uint32_t torrent, unsigned family, const struct naive_state *state, bool doubt);
void
naive_restore_completed(uint32_t torrent, uint32_t completed, int64_t empty_since_s, bool doubt);

// How a peer compares with what a snapshot says of it, which was begun at moment `since` (naive_moment).
const char *
naive_compare(uint32_t torrent, unsigned family, const struct naive_state *state, uint64_t since);

// A moment for what follows: everything before it was earlier, everything behind it is later.
uint64_t naive_moment(void);

// Peers that must be in a snapshot that was begun at this moment, of torrents in which no peer left or changed sides
// since: an upper limit that each torrent's number in the snapshot must reach.
uint32_t naive_steady(uint32_t torrent, unsigned family, uint64_t since, int64_t now_s);

// Calls `use` for each peer that is there for certain, torrent by torrent.
void
naive_each(void (*use)(uint32_t torrent, unsigned family, const uint8_t *address), int64_t now_s);

// A number for all that is certain, whatever its order: the same swarms have the same one.
uint64_t naive_digest(int64_t now_s);
