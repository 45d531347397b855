// SPDX-License-Identifier: BSD-3-Clause
// lib/base/keyed_hash.h: each build computes its function, and no chosen set of messages collides more often than
// random ones.

#include "../../lib/base/keyed_hash.h"
#include "../../lib/base/rng.h"
#include "../support/chi_square.h"
#include "../support/cmocka_wrap.h"

#include <stdlib.h>

enum {
	ROUNDS = 2000,
	CHOSEN = 1 << 16, // messages of a set
	CELLS = 1024,
	KEYS = 4,
};

// --- AES, written from FIPS 197 -----------------------------------------------------------------

static uint8_t
times_two(uint8_t x)
{
	return (uint8_t)(x << 1 ^ (x & 0x80 ? 0x1b : 0));
}

static uint8_t
multiply(uint8_t x, uint8_t y)
{
	uint8_t product = 0;

	for (; y != 0; y >>= 1, x = times_two(x))
		product ^= y & 1 ? x : 0;
	return product;
}

static uint8_t
substitute(uint8_t x)
{
	uint8_t inverse = 1;
	unsigned bits;

	for (unsigned i = 0; i < 254; i++)
		inverse = multiply(inverse, x);
	bits = inverse | (unsigned)inverse << 8;
	return (uint8_t)(bits ^ bits >> 4 ^ bits >> 5 ^ bits >> 6 ^ bits >> 7 ^ 0x63);
}

// SubBytes, ShiftRows, MixColumns and AddRoundKey.
static void
aes_round(uint8_t state[16], const uint8_t key[16])
{
	static const uint8_t mix[4] = {2, 3, 1, 1};
	uint8_t moved[16];

	for (unsigned i = 0; i < 16; i++)
		moved[i] = substitute(state[(i + 4 * (i % 4)) % 16]);
	for (unsigned i = 0; i < 16; i++) {
		state[i] = key[i];
		for (unsigned row = 0; row < 4; row++)
			state[i] ^= multiply(moved[i / 4 * 4 + row], mix[(row + 4 - i % 4) % 4]);
	}
}

// The example of FIPS 197, appendix B: the first round.
static void
test_round_of_the_standard(void **state)
{
	uint8_t block[16] = {
		0x19,
		0x3d,
		0xe3,
		0xbe,
		0xa0,
		0xf4,
		0xe2,
		0x2b,
		0x9a,
		0xc6,
		0x8d,
		0x2a,
		0xe9,
		0xf8,
		0x48,
		0x08};
	const uint8_t key[16] = {
		0xa0,
		0xfa,
		0xfe,
		0x17,
		0x88,
		0x54,
		0x2c,
		0xb1,
		0x23,
		0xa3,
		0x39,
		0x39,
		0x2a,
		0x6c,
		0x76,
		0x05};
	const uint8_t after[16] = {
		0xa4,
		0x9c,
		0x7f,
		0xf2,
		0x68,
		0x9f,
		0x35,
		0x2b,
		0x6b,
		0x5b,
		0xea,
		0x43,
		0x02,
		0x6a,
		0x50,
		0x49};

	(void)state;
	aes_round(block, key);
	assert_memory_equal(block, after, 16);
}

// --- the builds ---------------------------------------------------------------------------------

static uint64_t
reference_aes(const struct keyed_hash_key *key, const uint8_t *message, unsigned bytes)
{
	uint8_t block[16], keys[KEYED_HASH_ROUND_KEYS][16];
	uint64_t hash;

	memcpy(keys, key->rounds, sizeof(keys));
	for (unsigned i = 0; i < 16; i++)
		block[i] = message[i] ^ keys[0][i];
	for (unsigned round = 1; round <= 4; round++)
		aes_round(block, keys[round]);
	for (unsigned i = 16; i < bytes; i++)
		block[i - 16] ^= message[i];
	for (unsigned round = 5; round <= 8; round++)
		aes_round(block, keys[round]);
	memcpy(&hash, block, sizeof(hash));
	return hash;
}

static uint64_t
reference(
	const struct keyed_hash *build,
	const struct keyed_hash_key *key,
	const uint8_t *message,
	unsigned bytes
)
{
	if (strcmp(build->name, "AES") == 0)
		return reference_aes(key, message, bytes);
	return siphash13(&key->siphash, message, bytes);
}

// By the function of the build for messages of this length.
static uint64_t
hash_message(
	const struct keyed_hash *build,
	const struct keyed_hash_key *key,
	const uint8_t *message,
	unsigned bytes
)
{
	uint64_t words[3] = {0};

	if (bytes == KEYED_HASH_BYTES)
		return build->one(key, message);
	memcpy(words, message, KEYED_HASH_PEER_BYTES);
	return build->peer(
		key,
		rte_le_to_cpu_64(words[0]),
		rte_le_to_cpu_64(words[1]),
		rte_le_to_cpu_64(words[2])
	);
}

static const unsigned lengths[] = {KEYED_HASH_BYTES, KEYED_HASH_PEER_BYTES};

static void
make_key(struct rng *rng, struct keyed_hash_key *key)
{
	struct siphash_key secret = {rng_next(rng), rng_next(rng)};

	keyed_hash_key_init(key, &secret);
}

static void
make_message(struct rng *rng, uint8_t *message, unsigned bytes)
{
	for (unsigned i = 0; i < bytes; i++)
		message[i] = (uint8_t)rng_next(rng);
}

// Every message in a place of its own size, so that a sanitizer sees a read behind it.
static void
check(const struct keyed_hash *build, struct rng *rng)
{
	uint8_t *messages[KEYED_HASH_BURST];
	struct keyed_hash_burst burst = {.hashes = {0}};
	struct keyed_hash_key key;
	unsigned count = rng_below(rng, KEYED_HASH_BURST + 1);

	make_key(rng, &key);
	for (unsigned i = 0; i < count; i++) {
		burst.messages[i] = messages[i] = malloc(KEYED_HASH_BYTES);
		assert_non_null(messages[i]);
		make_message(rng, messages[i], KEYED_HASH_BYTES);
	}
	build->burst(&key, &burst, count);
	for (unsigned i = 0; i < count; i++) {
		if (burst.hashes[i] != reference(build, &key, messages[i], KEYED_HASH_BYTES))
			fail_msg("%s: message %u of %u", build->name, i, count);
		assert_int_equal(build->one(&key, messages[i]), burst.hashes[i]);
		free(messages[i]);
	}
}

static void
check_peers(const struct keyed_hash *build, struct rng *rng)
{
	struct keyed_hash_key key;

	make_key(rng, &key);
	for (unsigned i = 0; i < KEYED_HASH_BURST; i++) {
		uint8_t message[KEYED_HASH_PEER_BYTES];

		make_message(rng, message, sizeof(message));
		if (hash_message(build, &key, message, sizeof(message))
		    != reference(build, &key, message, sizeof(message)))
			fail_msg("%s: peer %u", build->name, i);
	}
}

static void
test_each_build_as_its_reference(void **state)
{
	struct rng rng = {197};

	(void)state;
	for (unsigned b = 0; b < keyed_hash_build_count; b++) {
		if (!keyed_hash_builds[b].is_supported()) {
			print_message("this CPU has no %s\n", keyed_hash_builds[b].name);
			continue;
		}
		for (unsigned round = 0; round < ROUNDS / KEYED_HASH_BURST; round++) {
			check(&keyed_hash_builds[b], &rng);
			check_peers(&keyed_hash_builds[b], &rng);
		}
	}
}

// The last build needs nothing, so that one can always be chosen.
static void
test_the_first_supported_is_chosen(void **state)
{
	unsigned b = 0;

	(void)state;
	while (!keyed_hash_builds[b].is_supported())
		b++;
	assert_ptr_equal(keyed_hash, &keyed_hash_builds[b]);
	assert_true(keyed_hash_builds[keyed_hash_build_count - 1].is_supported());
}

// All round keys differ, and each depends on both halves of the secret.
static void
test_round_keys(void **state)
{
	const struct siphash_key secrets[] = {{1, 2}, {1, 3}, {2, 2}};
	uint64_t words[RTE_DIM(secrets) * KEYED_HASH_ROUND_KEYS * 2];
	unsigned count = 0;

	(void)state;
	for (unsigned s = 0; s < RTE_DIM(secrets); s++) {
		struct keyed_hash_key key;

		keyed_hash_key_init(&key, &secrets[s]);
		for (unsigned i = 0; i < KEYED_HASH_ROUND_KEYS * 2; i++)
			words[count++] = key.rounds[i / 2][i % 2];
	}
	for (unsigned i = 0; i < count; i++)
		for (unsigned j = 0; j < i; j++)
			assert_int_not_equal(words[i], words[j]);
}

// --- chosen messages ----------------------------------------------------------------------------

// The number n in the bytes of a message that a set varies; the rest is 0.
struct variation {
	const char *name;
	uint8_t bytes[2]; // which get the bytes of n
	uint8_t difference[2]; // flipped, too, where n is odd
};

// Bytes in one column, on one diagonal of AES's state, in both blocks, in the second one alone; and pairs of
// messages that differ as differential attacks on few rounds choose it.
static const struct variation variations[] = {
	{"one column", {0, 1}, {0, 0}},
	{"one diagonal", {0, 5}, {10, 15}},
	{"two diagonals", {0, 4}, {0, 0}},
	{"the same place of both blocks", {0, 16}, {0, 0}},
	{"a corner and the second block", {12, 16}, {17, 18}},
	{"the second block", {16, 17}, {0, 0}},
	{"the end of the second block", {18, 19}, {0, 0}},
	{"a difference in the second block", {3, 9}, {16, 19}},
};

static void
make_chosen(const struct variation *variation, uint32_t n, uint8_t *message)
{
	memset(message, 0, KEYED_HASH_PEER_BYTES);
	message[variation->bytes[0]] ^= (uint8_t)n;
	message[variation->bytes[1]] ^= (uint8_t)(n >> 8);
	for (unsigned i = 0; i < 2; i++)
		if (variation->difference[i] != 0)
			message[variation->difference[i]] ^= n & 1 ? 0x80 : 0;
}

static int
compare_words(const void *one, const void *other)
{
	uint32_t a = *(const uint32_t *)one;
	uint32_t b = *(const uint32_t *)other;

	return (a > b) - (a < b);
}

// Pairs of equal words. Random words have count^2 / 2^33 of them.
static unsigned
count_collisions(uint32_t *words, unsigned count)
{
	unsigned collisions = 0;

	qsort(words, count, sizeof(words[0]), compare_words);
	for (unsigned i = 1; i < count; i++)
		collisions += words[i] == words[i - 1];
	return collisions;
}

// The bits for the table hardly collide as a whole, and no cell of them gets more than its share. 2^16 random
// words have half a collision on average; more than 8 of them have a probability of 10^-9.
static void
check_chosen(
	const struct keyed_hash *build,
	const struct variation *variation,
	unsigned bytes,
	struct rng *rng
)
{
	static uint32_t table[CHOSEN];
	uint32_t low[CELLS] = {0}, high[CELLS] = {0}, owners[256] = {0};
	struct keyed_hash_key key;

	make_key(rng, &key);
	for (uint32_t n = 0; n < CHOSEN; n++) {
		uint8_t message[KEYED_HASH_PEER_BYTES];

		make_chosen(variation, n, message);
		uint64_t hash = hash_message(build, &key, message, bytes);

		table[n] = (uint32_t)hash;
		low[table[n] % CELLS]++;
		high[table[n] >> 22]++;
		owners[hash >> 56]++;
	}
	if (count_collisions(table, CHOSEN) > 8 || !chi_square_even(low, CELLS)
	    || !chi_square_even(high, CELLS) || !chi_square_even(owners, 256))
		fail_msg("%s, %u bytes: %s", build->name, bytes, variation->name);
}

static void
test_chosen_messages(void **state)
{
	struct rng rng = {4};

	(void)state;
	for (unsigned b = 0; b < keyed_hash_build_count; b++)
		for (unsigned v = 0; v < RTE_DIM(variations); v++)
			for (unsigned k = 0; k < KEYS && keyed_hash_builds[b].is_supported(); k++)
				check_chosen(
					&keyed_hash_builds[b],
					&variations[v],
					lengths[k % RTE_DIM(lengths)],
					&rng
				);
}

// A pair of messages with any difference collides under few keys: here in 16 bits, under 2^16 keys each.
static void
test_a_pair_collides_under_few_keys(void **state)
{
	struct rng rng = {16};

	(void)state;
	for (unsigned v = 0; v < RTE_DIM(variations); v++) {
		uint8_t one[KEYED_HASH_PEER_BYTES], other[KEYED_HASH_PEER_BYTES];
		unsigned collisions[2] = {0};

		make_chosen(&variations[v], 0, one);
		make_chosen(&variations[v], 0x0101, other);
		for (unsigned k = 0; k < CHOSEN; k++) {
			struct keyed_hash_key key;

			make_key(&rng, &key);
			uint64_t difference =
				keyed_hash->one(&key, one) ^ keyed_hash->one(&key, other);

			collisions[0] += (difference & 0xffff) == 0;
			collisions[1] += (difference & 0xffff0000) == 0;
		}
		if (collisions[0] > 9 || collisions[1] > 9) // one on average; 10^-7 each
			fail_msg("%s: %u, %u", variations[v].name, collisions[0], collisions[1]);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_round_of_the_standard),
		cmocka_unit_test(test_each_build_as_its_reference),
		cmocka_unit_test(test_the_first_supported_is_chosen),
		cmocka_unit_test(test_round_keys),
		cmocka_unit_test(test_chosen_messages),
		cmocka_unit_test(test_a_pair_collides_under_few_keys),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
