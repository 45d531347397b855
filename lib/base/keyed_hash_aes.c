// SPDX-License-Identifier: BSD-3-Clause
// The keyed hash with the AES instructions of x86. Built with -maes; keyed_hash.c selects it.

#include "keyed_hash.h"

#include <wmmintrin.h>

keyed_hash_fn keyed_hash_aes_one;
keyed_hash_burst_fn keyed_hash_aes_burst;
keyed_hash_peer_fn keyed_hash_aes_peer;

enum { HALF = 4 }; // rounds for each block of the message

static __rte_always_inline __m128i
four_rounds(__m128i state, const __m128i *keys)
{
	for (unsigned i = 0; i < HALF; i++)
		state = _mm_aesenc_si128(state, keys[i]);
	return state;
}

static __rte_always_inline uint64_t
hash_blocks(const __m128i *keys, __m128i first, __m128i rest)
{
	__m128i state = four_rounds(_mm_xor_si128(first, keys[0]), keys + 1);

	state = four_rounds(_mm_xor_si128(state, rest), keys + 1 + HALF);
	return (uint64_t)_mm_cvtsi128_si64(state);
}

static __rte_always_inline uint64_t
hash_one(const __m128i *keys, const uint8_t *message)
{
	int32_t last;

	memcpy(&last, message + sizeof(__m128i), sizeof(last));
	return hash_blocks(
		keys, _mm_loadu_si128((const __m128i *)message), _mm_cvtsi32_si128(last)
	);
}

uint64_t
keyed_hash_aes_one(const struct keyed_hash_key *key, const uint8_t *message)
{
	return hash_one((const __m128i *)key->rounds, message);
}

// The CPU overlaps the rounds of several messages. Keys are read by the rounds: a burst of one message is common,
// and should not have to load all of them first.
void
keyed_hash_aes_burst(
	const struct keyed_hash_key *key,
	struct keyed_hash_burst *burst,
	unsigned count
)
{
	for (unsigned i = 0; i < count; i++)
		burst->hashes[i] = hash_one((const __m128i *)key->rounds, burst->messages[i]);
}

uint64_t
keyed_hash_aes_peer(
	const struct keyed_hash_key *key,
	uint64_t first,
	uint64_t second,
	uint64_t rest
)
{
	return hash_blocks(
		(const __m128i *)key->rounds,
		_mm_set_epi64x((int64_t)second, (int64_t)first),
		_mm_cvtsi64_si128((int64_t)rest)
	);
}
