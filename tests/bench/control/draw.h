// SPDX-License-Identifier: BSD-3-Clause
// Random entries that can be drawn again: no list of them has to be kept.

#pragma once

#include "../../../lib/base/rng.h"

#include <rte_common.h>

#include <stddef.h>
#include <string.h>

// Bytes that depend on `seed` and `n` alone.
static inline void
draw_bytes(uint8_t *bytes, size_t len, uint64_t seed, uint64_t n)
{
	struct rng rng = {seed << 40 | n};

	for (size_t at = 0; at < len; at += sizeof(uint64_t)) {
		uint64_t word = rng_next(&rng);

		memcpy(bytes + at, &word, RTE_MIN(sizeof(word), len - at));
	}
}
