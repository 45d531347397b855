// SPDX-License-Identifier: BSD-3-Clause
// A load: torrents, peers that belong to them, and a stream of announces by those peers.
//
// Popularity as the load test of aquatic has it: torrent i of N with P peers has the weight
// N / P + exp(6.5 - 500 i / N), so that one torrent in a hundred draws 72 announces in a hundred.

#pragma once

#include "../../../lib/swarm/shard.h"

#include <stdbool.h>
#include <stdint.h>

enum load_popularity { LOAD_UNIFORM, LOAD_POPULAR };

struct load_request {
	uint8_t info_hash[20];
	uint32_t hash;
	uint8_t peer[6];
	bool seeder;
};

struct load {
	uint32_t torrents;
	uint32_t peers;
	struct load_request *each; // [peers] every peer's announce, once
	struct load_request *stream; // [stream_len] announces of peers drawn at random
	uint32_t stream_len;
};

// Ends the process where there is no memory. The same arguments make the same load.
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
	LOAD_TURN = 64, // announces a worker takes from a ring at once
};

// Fills `count` ops (up to LOAD_TURN) from requests; replies go to a buffer of this file's.
void load_ops(const struct load_request *requests, struct shard_op *ops, unsigned count);
