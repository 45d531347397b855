// SPDX-License-Identifier: BSD-3-Clause
// Popularity of torrents: draws the torrent of a peer.
//
// Aquatic's load test gives torrent i of N, with P peers, the weight N/P + exp(6.5 - 500 i/N).
// That is a mixture of two distributions that need no table: an even one, and a geometric one
// whose inverse is a logarithm. Pure, exact but for the rounding of doubles.

#pragma once

#include "../../lib/base/rng.h"

#include <stdint.h>

struct popularity {
	uint32_t torrents;
	double even_share; // of draws that go to the even part
	double scale; // torrents for each unit of -ln(u) in the geometric part
};

void popularity_init(struct popularity *popularity, uint32_t torrents, uint32_t peers);

// A torrent, 0 to torrents - 1.
uint32_t popularity_draw(const struct popularity *popularity, struct rng *rng);
