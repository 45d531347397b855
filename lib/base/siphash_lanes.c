// SPDX-License-Identifier: BSD-3-Clause
// SipHash in vectors of SIPHASH_LANES messages. Built once for each instruction set with vectors of that
// width (lib/meson.build); siphash_bulk.c selects one.

#include "siphash_bulk.h"

#if SIPHASH_LANES == 4
#include <immintrin.h>
#endif

#define NAME_OF(lanes, what) siphash##what##_lanes##lanes
#define NAME(lanes, what) NAME_OF(lanes, what)

typedef uint64_t lanes __attribute__((vector_size(8 * SIPHASH_LANES)));

struct lanes_state {
	lanes v0, v1, v2, v3;
};

siphash_bulk_fn NAME(SIPHASH_LANES, 24);
siphash_bulk_twice_fn NAME(SIPHASH_LANES, 24_twice);
siphash_bulk_fn NAME(SIPHASH_LANES, 13);

static __rte_always_inline lanes
rotl(lanes x, unsigned n)
{
	return x << n | x >> (64 - n);
}

// AVX2 has no rotation: it takes three instructions, or a shuffle for whole bytes.
#if SIPHASH_LANES == 4
static __rte_always_inline lanes
rotl32(lanes x)
{
	return (lanes)_mm256_shuffle_epi32((__m256i)x, _MM_SHUFFLE(2, 3, 0, 1));
}

static __rte_always_inline lanes
rotl16(lanes x)
{
	const __m256i from = _mm256_set_epi64x(
		0x0d0c0b0a09080f0e, 0x0504030201000706, 0x0d0c0b0a09080f0e, 0x0504030201000706
	);

	return (lanes)_mm256_shuffle_epi8((__m256i)x, from);
}
#else
static __rte_always_inline lanes
rotl32(lanes x)
{
	return rotl(x, 32);
}

static __rte_always_inline lanes
rotl16(lanes x)
{
	return rotl(x, 16);
}
#endif

static __rte_always_inline void
lanes_round(struct lanes_state *s)
{
	s->v0 += s->v1;
	s->v1 = rotl(s->v1, 13) ^ s->v0;
	s->v0 = rotl32(s->v0);
	s->v2 += s->v3;
	s->v3 = rotl16(s->v3) ^ s->v2;
	s->v0 += s->v3;
	s->v3 = rotl(s->v3, 21) ^ s->v0;
	s->v2 += s->v1;
	s->v1 = rotl(s->v1, 17) ^ s->v2;
	s->v2 = rotl32(s->v2);
}

static __rte_always_inline lanes
lanes_load(const uint64_t *words)
{
	lanes value;

	memcpy(&value, words, sizeof(value));
	return value;
}

static __rte_always_inline struct lanes_state
lanes_init(const struct siphash_key *key)
{
	const lanes zero = {0};

	return (struct lanes_state){
		zero + (key->k0 ^ UINT64_C(0x736f6d6570736575)),
		zero + (key->k1 ^ UINT64_C(0x646f72616e646f6d)),
		zero + (key->k0 ^ UINT64_C(0x6c7967656e657261)),
		zero + (key->k1 ^ UINT64_C(0x7465646279746573)),
	};
}

static __rte_always_inline void
lanes_absorb(struct lanes_state *s, lanes message, unsigned c)
{
	s->v3 ^= message;
	for (unsigned i = 0; i < c; i++)
		lanes_round(s);
	s->v0 ^= message;
}

static __rte_always_inline void
lanes_finish(struct lanes_state *s, unsigned d, uint64_t *hashes)
{
	const lanes zero = {0};

	s->v2 ^= zero + 0xff;
	for (unsigned i = 0; i < d; i++)
		lanes_round(s);
	lanes result = s->v0 ^ s->v1 ^ s->v2 ^ s->v3;

	memcpy(hashes, &result, sizeof(result));
}

static __rte_always_inline void
hash_burst(
	const struct siphash_key *key,
	struct siphash_burst *burst,
	unsigned count,
	unsigned c,
	unsigned d
)
{
	for (unsigned at = 0; at < count; at += SIPHASH_LANES) {
		struct lanes_state s = lanes_init(key);

		for (unsigned word = 0; word < SIPHASH_WORDS; word++)
			lanes_absorb(&s, lanes_load(&burst->words[word][at]), c);
		lanes_finish(&s, d, &burst->hashes[at]);
	}
}

static __rte_always_inline void
hash_burst_twice(
	const struct siphash_key *key,
	struct siphash_burst *burst,
	uint64_t *shorter,
	unsigned count
)
{
	for (unsigned at = 0; at < count; at += SIPHASH_LANES) {
		struct lanes_state whole = lanes_init(key);
		lanes last = lanes_load(&burst->words[2][at]);

		lanes_absorb(&whole, lanes_load(&burst->words[0][at]), 2);
		struct lanes_state without = whole;

		lanes_absorb(&whole, lanes_load(&burst->words[1][at]), 2);
		lanes_absorb(&whole, last, 2);
		lanes_finish(&whole, 4, &burst->hashes[at]);
		lanes_absorb(&without, last - (UINT64_C(8) << 56), 2); // its length
		lanes_finish(&without, 4, &shorter[at]);
	}
}

void
NAME(SIPHASH_LANES, 24)(const struct siphash_key *key, struct siphash_burst *burst, unsigned count)
{
	hash_burst(key, burst, count, 2, 4);
}

void
NAME(SIPHASH_LANES, 13)(const struct siphash_key *key, struct siphash_burst *burst, unsigned count)
{
	hash_burst(key, burst, count, 1, 3);
}

void
NAME(SIPHASH_LANES, 24_twice
)(const struct siphash_key *key, struct siphash_burst *burst, uint64_t *shorter, unsigned count)
{
	hash_burst_twice(key, burst, shorter, count);
}
