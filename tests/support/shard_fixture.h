// SPDX-License-Identifier: BSD-3-Clause
// Shards and ops for the tests of lib/swarm/shard.h.

#pragma once

#include "../../lib/swarm/shard_inline.h"

enum {
	TIMEOUT_S = 100,
	REST_S = 1 + TIMEOUT_S / 16, // between the starts of two sweeps
	EVERYTHING = 1000000, // a budget for a whole sweep at once
	REPLY_BYTES = 200 * 18,
	BURST_MAX = 80,
};

extern const enum family shard_families[2];

// The replies of one burst.
extern uint8_t shard_replies[BURST_MAX][REPLY_BYTES];

struct shard *make_shard_with(uint32_t max_torrents, uint32_t max_peers, bool detail);
struct shard *make_shard(uint32_t max_torrents, uint32_t max_peers); // without detail

// The detail of a peer: its number, repeated.
const uint8_t *detail_of(uint32_t peer);

// An op on the torrent whose info_hash begins with this number, by the peer with this number.
struct shard_op
make_op(enum shard_op_kind kind, enum family family, uint32_t torrent, uint32_t peer);

enum event { LEECH, SEED, STOP };

struct shard_op announce_op(enum family family, uint32_t torrent, uint32_t peer, enum event event);

// Process a single op.
struct shard_op announce(
	struct shard *shard,
	enum family family,
	uint32_t torrent,
	uint32_t peer,
	enum event event,
	uint32_t now_s
);
struct shard_op scrape(struct shard *shard, enum family family, uint32_t torrent);

void assert_op(const struct shard_op *op, uint32_t seeders, uint32_t leechers, uint32_t completed);

uint64_t shard_peers(const struct shard *shard);

// Sweeps until the sweep rests. Returns how many torrents and peers were looked at.
unsigned shard_sweep_all(struct shard *shard, unsigned budget, uint32_t now_s);
