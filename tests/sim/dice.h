// SPDX-License-Identifier: BSD-3-Clause
// Random numbers that a seed decides: xorshift64* (Vigna, 2016). Each purpose has a stream of its own, so that one that
// draws less often leaves the others as they were.

#pragma once

#include <stdbool.h>
#include <stdint.h>

struct dice {
	uint64_t state; // never 0
};

static inline uint64_t
dice_next(struct dice *dice)
{
	uint64_t x = dice->state;

	x ^= x >> 12;
	x ^= x << 25;
	x ^= x >> 27;
	dice->state = x;
	return x * UINT64_C(0x2545f4914f6cdd1d);
}

static inline struct dice
dice_of(uint64_t seed, uint64_t stream)
{
	struct dice dice = {(seed + 1) * UINT64_C(0x9e3779b97f4a7c15) ^ (stream + 1) << 32};

	if (dice.state == 0)
		dice.state = 1;
	for (unsigned i = 0; i < 8; i++)
		dice_next(&dice);
	return dice;
}

// In [0, bound), bound > 0.
static inline uint32_t
dice_below(struct dice *dice, uint32_t bound)
{
	return (uint32_t)((dice_next(dice) >> 32) * bound >> 32);
}

static inline bool
dice_once_in(struct dice *dice, uint32_t times)
{
	return dice_below(dice, times) == 0;
}

// Small numbers are frequent: a power of two up to 2^bits, and something below it.
static inline uint64_t
dice_skewed(struct dice *dice, unsigned bits)
{
	return dice_next(dice) >> (63 - dice_below(dice, bits));
}
