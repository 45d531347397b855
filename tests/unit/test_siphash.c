// SPDX-License-Identifier: BSD-3-Clause
// lib/base/siphash.h: against published vectors, and against libsodium's SipHash-2-4.

#include "../../lib/base/rng.h"
#include "../../lib/base/siphash.h"
#include "../support/cmocka_wrap.h"

#include <sodium.h>
#include <string.h>

enum { VECTORS = 64, RANDOM_ROUNDS = 100000, RANDOM_BYTES = 256 };

typedef uint64_t (*hash_t)(const struct siphash_key *key, const void *data, size_t len);

static uint64_t
hash24(const struct siphash_key *key, const void *data, size_t len)
{
	return siphash24(key, data, len);
}

static uint64_t
hash13(const struct siphash_key *key, const void *data, size_t len)
{
	return siphash13(key, data, len);
}

static uint64_t
sodium24(const uint8_t *key, const uint8_t *data, size_t len)
{
	uint64_t hash;

	crypto_shorthash((uint8_t *)&hash, data, len, key);
	return rte_le_to_cpu_64(hash);
}

// Key 00 01 .. 0f, message 00 01 .. of each length: the set-up of the authors' own table.
static void
counting_bytes(uint8_t *bytes, unsigned len)
{
	for (unsigned i = 0; i < len; i++)
		bytes[i] = (uint8_t)i;
}

struct vector {
	unsigned len;
	uint64_t hash;
};

static void
check_vectors(hash_t hash, const struct vector *vectors, unsigned count)
{
	uint8_t bytes[VECTORS];
	struct siphash_key key;

	counting_bytes(bytes, sizeof(bytes));
	key = siphash_key_load(bytes);
	for (unsigned i = 0; i < count; i++)
		assert_int_equal(hash(&key, bytes, vectors[i].len), vectors[i].hash);
}

static void
test_official_vectors_24(void **state)
{
	static const struct vector vectors[] = {
		{0, UINT64_C(0x726fdb47dd0e0e31)},
		{1, UINT64_C(0x74f839c593dc67fd)},
		{2, UINT64_C(0x0d6c8009d9a94f5a)},
		{3, UINT64_C(0x85676696d7fb7e2d)},
		{7, UINT64_C(0xab0200f58b01d137)},
		{8, UINT64_C(0x93f5f5799a932462)},
		{15, UINT64_C(0xa129ca6149be45e5)}, // the example in the paper
		{16, UINT64_C(0x3f2acc7f57c29bdb)},
		{20, UINT64_C(0xbed65cf21aa2ee98)},
		{63, UINT64_C(0x958a324ceb064572)},
	};

	(void)state;
	check_vectors(hash24, vectors, RTE_DIM(vectors));
}

// From an implementation of its own that agrees with CPython's hash().
static void
test_vectors_13(void **state)
{
	static const struct vector vectors[] = {
		{0, UINT64_C(0xabac0158050fc4dc)},
		{1, UINT64_C(0xc9f49bf37d57ca93)},
		{7, UINT64_C(0xd3927d989bb11140)},
		{8, UINT64_C(0x369095118d299a8e)},
		{15, UINT64_C(0xd320d86d2a519956)},
		{16, UINT64_C(0xcc4fdd1a7d908b66)},
		{20, UINT64_C(0xc0dc2f46a6cce040)},
		{31, UINT64_C(0x2370dd1f8c21d1bc)},
		{63, UINT64_C(0x9d199062b7bbb3a8)},
	};

	(void)state;
	check_vectors(hash13, vectors, RTE_DIM(vectors));
}

static void
test_all_64_lengths_as_sodium(void **state)
{
	uint8_t bytes[VECTORS];
	struct siphash_key key;

	(void)state;
	counting_bytes(bytes, sizeof(bytes));
	key = siphash_key_load(bytes);
	for (unsigned len = 0; len < VECTORS; len++)
		assert_int_equal(siphash24(&key, bytes, len), sodium24(bytes, bytes, len));
}

// Any length, any alignment, any key.
static void
test_random_as_sodium(void **state)
{
	struct rng rng = {2401};
	uint64_t words[RANDOM_BYTES / 8 + 1];
	const uint8_t *bytes = (const uint8_t *)words;
	uint8_t key_bytes[16];

	(void)state;
	for (unsigned round = 0; round < RANDOM_ROUNDS; round++) {
		unsigned at = rng_below(&rng, 8);
		unsigned len = rng_below(&rng, RANDOM_BYTES);

		words[rng_below(&rng, RTE_DIM(words))] = rng_next(&rng);
		memcpy(key_bytes, words + rng_below(&rng, RANDOM_BYTES / 8 - 1), 16);
		struct siphash_key key = siphash_key_load(key_bytes);

		if (siphash24(&key, bytes + at, len) != sodium24(key_bytes, bytes + at, len))
			fail_msg("round %u: %u bytes from %u", round, len, at);
	}
}

static void
test_key_is_little_endian(void **state)
{
	static const uint8_t bytes[16] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};
	struct siphash_key key = siphash_key_load(bytes);

	(void)state;
	assert_int_equal(key.k0, UINT64_C(0x0807060504030201));
	assert_int_equal(key.k1, UINT64_C(0x100f0e0d0c0b0a09));
}

// Each bit of key and message matters, in both variants.
static void
test_every_bit_counts(void **state)
{
	static const hash_t hashes[] = {hash24, hash13};
	uint8_t bytes[16 + 20] = {0};

	(void)state;
	for (unsigned h = 0; h < RTE_DIM(hashes); h++) {
		struct siphash_key key = siphash_key_load(bytes);
		uint64_t before = hashes[h](&key, bytes + 16, 20);

		for (unsigned bit = 0; bit < 8 * sizeof(bytes); bit++) {
			bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
			key = siphash_key_load(bytes);
			assert_int_not_equal(hashes[h](&key, bytes + 16, 20), before);
			bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
		}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_official_vectors_24),
		cmocka_unit_test(test_vectors_13),
		cmocka_unit_test(test_all_64_lengths_as_sodium),
		cmocka_unit_test(test_random_as_sodium),
		cmocka_unit_test(test_key_is_little_endian),
		cmocka_unit_test(test_every_bit_counts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
