// SPDX-License-Identifier: BSD-3-Clause
// The mix of request kinds: junk is a share of all datagrams, the rest is divided by weight.
//
// Read-only after mix_init: any thread.

#pragma once

#include "../../lib/base/rng.h"
#include "kind.h"

#include <stdint.h>

struct options;

struct mix {
	uint64_t bounds[KIND_COUNT]; // ascending; the first one above a draw of 32 bits is its kind
};

void mix_init(struct mix *mix, const struct options *options);

// Draws the kinds of `count` requests: counts[k] of kind k.
void mix_draw(const struct mix *mix, struct rng *rng, uint32_t count, uint32_t counts[KIND_COUNT]);
