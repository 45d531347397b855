// SPDX-License-Identifier: BSD-3-Clause
// Read access to a shard, for questions to its worker. Nothing is changed, and each call does a bounded
// amount of work. Called by the shard's owner.

#pragma once

#include "shard.h"

enum { SHARD_INFO_HASH_BYTES = 20, SHARD_PEER_ID_BYTES = 20 };

// A torrent and its counts.
struct shard_row {
	uint8_t info_hash[SHARD_INFO_HASH_BYTES];
	uint32_t seeders[FAMILY_COUNT];
	uint32_t leechers[FAMILY_COUNT];
	uint32_t completed[FAMILY_COUNT];
};

static inline uint32_t
shard_row_sum(const uint32_t counts[FAMILY_COUNT])
{
	return counts[FAMILY_IPV4] + counts[FAMILY_IPV6];
}

// A peer of a torrent.
struct shard_peer {
	uint8_t address[SHARD_PEER_BYTES_MAX]; // 6 bytes for IPv4, 18 for IPv6, as in replies
	uint8_t family;
	uint8_t event; // enum bep15_event of its last announce; with detail
	bool seeder;
	bool detailed; // `detail` and `event` are set
	// Since its last announce. Without detail the error is below one unit of the times in swarms (1 s
	// plus an 8192nd of the timeout, in whole seconds: exact up to a timeout of 8191 s). After a jump of
	// the clock it is too small until the sweep has completed a round.
	uint32_t age_s;
	uint8_t detail[SHARD_DETAIL_BYTES];
};

// An iteration over all torrents, or all peers. Start with zeros. Torrents and peers that are added or
// removed meanwhile may be visited or not. The others are visited once, except peers that moved into the
// place of a removed one.
struct shard_cursor {
	uint32_t torrent;
	uint32_t peer;
	uint8_t family; // 0: IPv4, 1: IPv6
	bool over;
};

// `hash`: keyed hash of info_hash. Returns false if there is no such torrent.
bool shard_view_torrent(
	struct shard *shard,
	const uint8_t *info_hash,
	uint32_t hash,
	struct shard_row *row
);

// Peers [from, from + capacity) of a torrent: IPv4 before IPv6, leechers before seeders. Returns their number,
// 0 if there is no such torrent.
unsigned shard_view_peers(
	struct shard *shard,
	const uint8_t *info_hash,
	uint32_t hash,
	uint32_t from,
	struct shard_peer *peers,
	unsigned capacity,
	uint32_t now_s
);

// Resumes at the cursor, visits up to `budget` places of the torrent table, and writes up to `capacity`
// rows of torrents. Returns their number.
unsigned shard_view_rows(
	struct shard *shard,
	struct shard_cursor *cursor,
	unsigned budget,
	struct shard_row *rows,
	unsigned capacity
);

// The same for peer ids: visits up to `budget` torrents and peers. Only with detail.
unsigned shard_view_peer_ids(
	struct shard *shard,
	struct shard_cursor *cursor,
	unsigned budget,
	uint8_t (*ids)[SHARD_PEER_ID_BYTES],
	unsigned capacity
);
