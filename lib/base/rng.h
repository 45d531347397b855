// SPDX-License-Identifier: BSD-3-Clause
// A small, fast random number generator to select peers and to spread intervals.
//
// SplitMix64 (Steele, Lea, Flood, 2014): 64 bits of state, equidistributed. It is not cryptographic: never
// use it for secrets. One owner per state; no sharing.

#pragma once

#include <stdint.h>

struct rng {
	uint64_t state;
};

static inline uint64_t
rng_next(struct rng *rng)
{
	uint64_t z = rng->state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

// A random number in [0, bound), bound > 0. Multiply-shift: the bias is below bound / 2^32.
static inline uint32_t
rng_below(struct rng *rng, uint32_t bound)
{
	return (uint64_t)(uint32_t)rng_next(rng) * bound >> 32;
}
