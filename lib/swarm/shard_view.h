// SPDX-License-Identifier: BSD-3-Clause
// Looking into a shard, for those who ask its worker. Nothing is changed; every call does a bounded
// piece of work. The shard's owner calls.

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
	uint8_t event; // enum bep15_event, of its last announce; with detail
	bool seeder;
	bool detailed; // `detail` and `event` are told
	// Since its last announce. Without detail it is off by less than a unit of the times in swarms
	// (1 s and an 8192nd of the timeout, whole seconds: exact up to a timeout of 8191 s) and,
	// when time has jumped, too little until the sweep has gone round.
	uint32_t age_s;
	uint8_t detail[SHARD_DETAIL_BYTES];
};

// A walk through all torrents, or all peers. Start with zeros. What comes or goes meanwhile may be
// met or not; what stays is met once, but for peers that take the place of one that left.
struct shard_cursor {
	uint32_t torrent;
	uint32_t peer;
	uint8_t family; // index of a table of two
	bool over;
};

// `hash`: keyed, of info_hash. False where there is no such torrent.
bool shard_view_torrent(
	struct shard *shard,
	const uint8_t *info_hash,
	uint32_t hash,
	struct shard_row *row
);

// Peers [from, from + room) of a torrent: IPv4 before IPv6, leechers before seeders. Returns how many
// there are; 0, too, where there is no such torrent.
unsigned shard_view_peers(
	struct shard *shard,
	const uint8_t *info_hash,
	uint32_t hash,
	uint32_t from,
	struct shard_peer *peers,
	unsigned room,
	uint32_t now_s
);

// Goes on from the cursor, looks at up to `budget` places for torrents, and writes rows of up to
// `room` that are there. Returns how many.
unsigned shard_view_rows(
	struct shard *shard,
	struct shard_cursor *cursor,
	unsigned budget,
	struct shard_row *rows,
	unsigned room
);

// The same for peer ids: looks at up to `budget` torrents and peers. Only with detail.
unsigned shard_view_peer_ids(
	struct shard *shard,
	struct shard_cursor *cursor,
	unsigned budget,
	uint8_t (*ids)[SHARD_PEER_ID_BYTES],
	unsigned room
);
