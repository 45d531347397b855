// SPDX-License-Identifier: BSD-3-Clause
// Fast path for the most common announce: a refresh by a peer of a small IPv4 swarm, which is stored in its
// home, that wants all the other peers. For shard_process.c alone.
//
// Nothing here branches on the place of the peer or the number of peers, which cannot be predicted.

#pragma once

#ifdef __SSE4_1__
#include <smmintrin.h>
#endif

#include "shard_inline.h"
#include "swarm_lines_inline.h"

enum { REFRESH_FAST_ADDRESSES = 6, REFRESH_FAST_BYTES = REFRESH_FAST_ADDRESSES * 6 };

// Bit i of the result: address i of `line` equals `address`.
static __rte_always_inline uint32_t
refresh_fast_match(const uint8_t *line, const uint8_t *address)
{
#ifdef __SSE4_1__
	// Two addresses of six bytes, each spread over eight.
	const __m128i spread = _mm_setr_epi8(0, 1, 2, 3, 4, 5, -1, -1, 6, 7, 8, 9, 10, 11, -1, -1);
	const __m128i key = _mm_set1_epi64x((int64_t)(load_address(address) >> 16));
	uint32_t found = 0;

	for (unsigned pair = 0; pair < REFRESH_FAST_ADDRESSES / 2; pair++) {
		__m128i two = _mm_loadu_si128((const void *)(line + pair * 12));
		__m128i same = _mm_cmpeq_epi64(_mm_shuffle_epi8(two, spread), key);

		found |= (uint32_t)_mm_movemask_pd(_mm_castsi128_pd(same)) << pair * 2;
	}
	return found;
#else
	uint64_t key = load_address(address);
	uint32_t found = 0;

	for (uint32_t i = 0; i < REFRESH_FAST_ADDRESSES; i++)
		found |= (uint32_t)(load_address(line + i * 6) == key) << i;
	return found;
#endif
}

// Copies all addresses but that of peer `self` to `out`: first all, then those behind it over it.
static __rte_always_inline void
refresh_fast_copy(const uint8_t *line, uint32_t self, uint8_t *out)
{
	uint32_t behind = RTE_MIN((self + 1) * 6, 34u); // 30 bytes from there stay in the line
	uint8_t all[REFRESH_FAST_BYTES], rest[30];

	memcpy(all, line, sizeof(all));
	memcpy(rest, line + behind, sizeof(rest));
	memcpy(out, all, sizeof(all));
	memcpy(out + self * 6, rest, sizeof(rest));
}

// Carries out an announce over IPv4 that changes only the time of its peer. Returns false and does nothing
// for any other announce: swarm_announce handles all of them.
static __rte_always_inline bool
refresh_fast(
	struct swarm_home *home,
	struct shape shape,
	struct shard_op *op,
	uint16_t time,
	uint32_t *record
)
{
	const struct swarm *swarm = &home->swarm;
	uint32_t count = swarm_peers(swarm);
	uint32_t others = op->seeder ? swarm->leechers : count - 1;
	uint32_t found = refresh_fast_match(home->peers, op->peer);
	uint32_t i = (uint32_t)__builtin_ctz(found | UINT32_C(1) << REFRESH_FAST_ADDRESSES);

	// A new peer, a changed side, a swarm in lines, or more peers than wanted.
	if (unlikely(
		    i >= count || (i >= swarm->leechers) != op->seeder
		    || swarm->levels != SWARM_IN_HOME || others > op->num_want
	    ))
		return false;
	struct place place = place_in(shape, home->peers, shape.inside, i);
	uint16_t now = time | (*place.word & SWARM_FINISHED);

	if (*place.word != now)
		*place.word = now;
	if (shape.detail)
		*record = *place.record;
	// A seeder stands behind all peers that it gets, so none is left out.
	refresh_fast_copy(home->peers, RTE_MIN(i, others), op->peers);
	op->peer_count = (uint16_t)others;
	return true;
}
