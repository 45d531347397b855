// SPDX-License-Identifier: BSD-3-Clause
// SipHash-2-4 and SipHash-1-3 (Aumasson and Bernstein, 2012): keyed hashes of short messages.
//
// 2-4 is for outputs that are sent (connection ids), 1-3 for those that stay inside (hash tables).
// Inline, because the packet path hashes 16 and 20 bytes: for a constant length the compiler unrolls
// everything. Pure: any thread. Tests compare it with libsodium's crypto_shorthash.

#pragma once

#include <rte_byteorder.h>
#include <rte_common.h>

#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct siphash_key {
	uint64_t k0, k1; // bytes 0-7 and 8-15 of the key, little-endian
};

struct siphash_state {
	uint64_t v0, v1, v2, v3;
};

static inline struct siphash_key
siphash_key_load(const uint8_t bytes[16])
{
	struct siphash_key key;

	memcpy(&key, bytes, sizeof(key));
	key.k0 = rte_le_to_cpu_64(key.k0);
	key.k1 = rte_le_to_cpu_64(key.k1);
	return key;
}

static __rte_always_inline uint64_t
siphash_rotl(uint64_t x, unsigned n)
{
	return x << n | x >> (64 - n);
}

static __rte_always_inline void
siphash_round(struct siphash_state *s)
{
	s->v0 += s->v1;
	s->v1 = siphash_rotl(s->v1, 13) ^ s->v0;
	s->v0 = siphash_rotl(s->v0, 32);
	s->v2 += s->v3;
	s->v3 = siphash_rotl(s->v3, 16) ^ s->v2;
	s->v0 += s->v3;
	s->v3 = siphash_rotl(s->v3, 21) ^ s->v0;
	s->v2 += s->v1;
	s->v1 = siphash_rotl(s->v1, 17) ^ s->v2;
	s->v2 = siphash_rotl(s->v2, 32);
}

static __rte_always_inline void
siphash_word(struct siphash_state *s, uint64_t word, unsigned rounds)
{
	s->v3 ^= word;
	for (unsigned i = 0; i < rounds; i++)
		siphash_round(s);
	s->v0 ^= word;
}

// The up to 7 bytes behind the last whole word, as a word. A memcpy of a variable length would be a call.
static __rte_always_inline uint64_t
siphash_rest(const uint8_t *bytes, size_t len)
{
	uint64_t word = 0;
	uint32_t four = 0;
	uint16_t two = 0;
	unsigned at = len & 4;

	if (len & 4)
		memcpy(&four, bytes, 4);
	word = rte_le_to_cpu_32(four);
	if (len & 2) {
		memcpy(&two, bytes + at, 2);
		word |= (uint64_t)rte_le_to_cpu_16(two) << 8 * at;
		at += 2;
	}
	if (len & 1)
		word |= (uint64_t)bytes[at] << 8 * at;
	return word;
}

static __rte_always_inline uint64_t
siphash_any(const struct siphash_key *key, const void *data, size_t len, unsigned c, unsigned d)
{
	struct siphash_state s = {
		key->k0 ^ UINT64_C(0x736f6d6570736575),
		key->k1 ^ UINT64_C(0x646f72616e646f6d),
		key->k0 ^ UINT64_C(0x6c7967656e657261),
		key->k1 ^ UINT64_C(0x7465646279746573),
	};
	const uint8_t *bytes = data;
	size_t at = 0;

	for (; at + 8 <= len; at += 8) {
		uint64_t word;

		memcpy(&word, bytes + at, 8);
		siphash_word(&s, rte_le_to_cpu_64(word), c);
	}
	siphash_word(&s, siphash_rest(bytes + at, len % 8) | (uint64_t)len << 56, c);
	s.v2 ^= 0xff;
	for (unsigned i = 0; i < d; i++)
		siphash_round(&s);
	return s.v0 ^ s.v1 ^ s.v2 ^ s.v3;
}

static __rte_always_inline uint64_t
siphash24(const struct siphash_key *key, const void *data, size_t len)
{
	return siphash_any(key, data, len, 2, 4);
}

static __rte_always_inline uint64_t
siphash13(const struct siphash_key *key, const void *data, size_t len)
{
	return siphash_any(key, data, len, 1, 3);
}
