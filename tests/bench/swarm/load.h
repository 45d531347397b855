// SPDX-License-Identifier: BSD-3-Clause
// A load: torrents, their peers, and a stream of announces of these peers.
//
// Popularity as in the load test of aquatic: torrent i of N with P peers has the weight
// N / P + exp(6.5 - 500 i / N), so that 1 % of the torrents gets 72 % of the announces.

#pragma once

#include "../../../lib/swarm/shard.h"

#include <stdbool.h>
#include <stdint.h>

enum load_popularity { LOAD_UNIFORM, LOAD_POPULAR };

struct load_request {
	uint8_t info_hash[20];
	uint32_t hash;
	uint8_t peer
		[6]; // of IPv6: what differs between addresses, so that the load has the same size
	bool seeder;
};

struct load {
	uint32_t torrents;
	uint32_t peers;
	struct load_request *each; // [peers] one announce of every peer
	struct load_request *stream; // [stream_len] announces of random peers
	uint32_t stream_len;
};

// Exits the process when out of memory. The same arguments make the same load.
void load_make(
	struct load *load,
	uint32_t torrents,
	uint32_t peers,
	enum load_popularity popularity,
	uint32_t stream_len
);
void load_free(struct load *load);

enum {
	LOAD_NUM_WANT = 30,
	LOAD_TURN = 64, // announces that a worker takes from a ring at once
};

// Fills in `count` ops (up to LOAD_TURN) from requests; replies go to an internal buffer. Peers of IPv6
// each have a network of their own.
void load_ops(
	const struct load_request *requests,
	enum family family,
	struct shard_op *ops,
	unsigned count
);
