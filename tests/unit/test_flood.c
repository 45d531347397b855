// SPDX-License-Identifier: BSD-3-Clause
// Floods of info_hashes that collide under common hashes of trackers and NICs: they hit neither one worker nor
// one place of its table.
//
// 60,000 of each kind; WEIR_FLOOD_HASHES sets another number.

#include "../../lib/base/rng.h"
#include "../../lib/swarm/shard.h"
#include "../../lib/tracker/steer.h"
#include "../support/chi_square.h"
#include "../support/cmocka_wrap.h"
#include "../support/eal.h"

#include <rte_byteorder.h>
#include <rte_common.h>
#include <rte_cycles.h>
#include <rte_hash_crc.h>
#include <rte_jhash.h>
#include <rte_log.h>
#include <rte_memory.h>
#include <rte_thash.h>

#include <stdlib.h>
#include <string.h>

enum {
	HASH_BYTES = 20,
	HASH_BITS = HASH_BYTES * 8,
	HASHES = 60000,
	SHARE = 200000, // info_hashes of one shard: more do not fit into the memory of a test
	CELLS = 1024, // of a worker's table
	ROUNDS = 3,
	ATTEMPTS = 5,
	TARGET = 0x12345678, // the hash that all info_hashes get
};

static const struct siphash_key key = {UINT64_C(0x243f6a8885a308d3), UINT64_C(0x13198a2e03707344)};

// --- the hashes attacked ------------------------------------------------------------------------

static uint32_t
crc32c(const uint8_t *hash)
{
	uint64_t words[3]; // it reads words

	memcpy(words, hash, HASH_BYTES);
	return rte_hash_crc(words, HASH_BYTES, 0);
}

static uint32_t
jhash(const uint8_t *hash)
{
	uint32_t words[HASH_BYTES / 4];

	memcpy(words, hash, HASH_BYTES);
	return rte_jhash(words, HASH_BYTES, 0);
}

// The key that Microsoft published, and that NICs come with.
static uint8_t toeplitz_key[] = {0x6d, 0x5a, 0x56, 0xda, 0x25, 0x5b, 0x0e, 0xc2, 0x41, 0x67,
				 0x25, 0x3d, 0x43, 0xa3, 0x8f, 0xb0, 0xd0, 0xca, 0x2b, 0xcb,
				 0xae, 0x7b, 0x30, 0xb4, 0x77, 0xcb, 0x2d, 0xa3, 0x80, 0x30,
				 0xf2, 0x0c, 0x6a, 0x42, 0xb7, 0x3b, 0xbe, 0xac, 0x01, 0xfa};

static uint32_t
toeplitz(const uint8_t *hash)
{
	uint32_t words[HASH_BYTES / 4];

	memcpy(words, hash, HASH_BYTES);
	for (unsigned i = 0; i < RTE_DIM(words); i++)
		words[i] = rte_be_to_cpu_32(words[i]);
	return rte_softrss(words, RTE_DIM(words), toeplitz_key);
}

// --- collisions ---------------------------------------------------------------------------------

struct vector {
	uint8_t bytes[HASH_BYTES];
};

static void
vector_xor(struct vector *vector, const struct vector *other)
{
	for (unsigned i = 0; i < HASH_BYTES; i++)
		vector->bytes[i] ^= other->bytes[i];
}

// Linear except for a constant: the effect of flipping bits on the hash depends on nothing else. Gaussian
// elimination finds HASH_BITS - 32 combinations of bits that do not change it. Returns their number.
static unsigned
find_kernel(uint32_t (*hash)(const uint8_t *), struct vector kernel[HASH_BITS])
{
	static const struct vector zero;
	struct vector pivots[32];
	uint32_t images[32] = {0};
	unsigned found = 0;

	for (unsigned bit = 0; bit < HASH_BITS; bit++) {
		struct vector vector = zero;

		vector.bytes[bit / 8] = (uint8_t)(1u << bit % 8);
		uint32_t image = hash(vector.bytes) ^ hash(zero.bytes);

		while (image != 0 && images[__builtin_ctz(image)] != 0) {
			unsigned pivot = (unsigned)__builtin_ctz(image);

			vector_xor(&vector, &pivots[pivot]);
			image ^= images[pivot];
		}
		if (image == 0) {
			kernel[found++] = vector;
			continue;
		}
		pivots[__builtin_ctz(image)] = vector;
		images[__builtin_ctz(image)] = image;
	}
	return found;
}

// Iterates over the combinations of the kernel in the order of a Gray code: all differ.
static void
collide_linear(uint32_t (*hash)(const uint8_t *), struct vector *hashes, uint32_t count)
{
	struct vector kernel[HASH_BITS];
	struct vector vector = {{1, 2, 3}};

	assert_in_range(find_kernel(hash, kernel), HASH_BITS - 32, HASH_BITS - 1);
	for (uint32_t i = 0; i < count; i++) {
		hashes[i] = vector;
		vector_xor(&vector, &kernel[__builtin_ctz(i + 1)]);
	}
}

static void
collide_crc32c(struct vector *hashes, uint32_t count)
{
	collide_linear(crc32c, hashes, count);
}

static void
collide_toeplitz(struct vector *hashes, uint32_t count)
{
	collide_linear(toeplitz, hashes, count);
}

static uint32_t
rotate(uint32_t word, unsigned bits)
{
	return word << bits | word >> (32 - bits);
}

// __rte_jhash_final backwards.
static void
jhash_unfinish(uint32_t *a, uint32_t *b, uint32_t *c)
{
	*c = (*c + rotate(*b, 24)) ^ *b;
	*b = (*b + rotate(*a, 14)) ^ *a;
	*a = (*a + rotate(*c, 4)) ^ *c;
	*c = (*c + rotate(*b, 16)) ^ *b;
	*b = (*b + rotate(*a, 25)) ^ *a;
	*a = (*a + rotate(*c, 11)) ^ *c;
	*c = (*c + rotate(*b, 14)) ^ *b;
}

// One line of __rte_jhash_mix backwards: x -= z; x ^= rotate(z, bits); z += y.
static void
jhash_unmix_line(uint32_t *x, uint32_t y, uint32_t *z, unsigned bits)
{
	*z -= y;
	*x = (*x ^ rotate(*z, bits)) + *z;
}

static void
jhash_unmix(uint32_t *a, uint32_t *b, uint32_t *c)
{
	jhash_unmix_line(c, *a, b, 4);
	jhash_unmix_line(b, *c, a, 19);
	jhash_unmix_line(a, *b, c, 16);
	jhash_unmix_line(c, *a, b, 8);
	jhash_unmix_line(b, *c, a, 6);
	jhash_unmix_line(a, *b, c, 4);
}

// Each of its steps is invertible, so there is an info_hash for any state.
static struct vector
jhash_preimage(uint32_t result, struct rng *rng)
{
	const uint32_t start = RTE_JHASH_GOLDEN_RATIO + HASH_BYTES;
	uint32_t a = (uint32_t)rng_next(rng), b = (uint32_t)rng_next(rng), c = result;
	uint32_t words[HASH_BYTES / 4];
	struct vector vector;

	jhash_unfinish(&a, &b, &c);
	words[3] = (uint32_t)rng_next(rng);
	words[4] = (uint32_t)rng_next(rng);
	a -= words[3];
	b -= words[4];
	jhash_unmix(&a, &b, &c);
	words[0] = a - start;
	words[1] = b - start;
	words[2] = c - start;
	memcpy(vector.bytes, words, sizeof(words));
	return vector;
}

static void
collide_jhash(struct vector *hashes, uint32_t count)
{
	struct rng rng = {4};

	for (uint32_t i = 0; i < count; i++)
		hashes[i] = jhash_preimage(TARGET, &rng);
}

static void
make_random(struct vector *hashes, uint32_t count)
{
	struct rng rng = {5};

	for (uint32_t i = 0; i < count; i++)
		for (unsigned at = 0; at < HASH_BYTES; at += 4) {
			uint32_t word = (uint32_t)rng_next(&rng);

			memcpy(hashes[i].bytes + at, &word, sizeof(word));
		}
}

// --- the floods ---------------------------------------------------------------------------------

static const struct {
	const char *name;
	uint32_t (*hash)(const uint8_t *);
	void (*make)(struct vector *, uint32_t);
} floods[] = {
	{"CRC32C", crc32c, collide_crc32c},
	{"jhash", jhash, collide_jhash},
	{"Toeplitz", toeplitz, collide_toeplitz},
	{"random", NULL, make_random}, // not a flood: the reference for the others
};

enum { FLOODS = RTE_DIM(floods), RANDOM = FLOODS - 1 };

static struct vector *hashes_of[FLOODS];
static uint32_t hash_count;

static int
make_floods(void **state)
{
	const char *wanted = getenv("WEIR_FLOOD_HASHES");

	(void)state;
	hash_count = wanted == NULL ? HASHES : (uint32_t)strtoul(wanted, NULL, 10);
	for (unsigned f = 0; f < FLOODS; f++) {
		hashes_of[f] = calloc(hash_count, sizeof(struct vector));
		if (hashes_of[f] == NULL || hash_count == 0)
			return -1;
		floods[f].make(hashes_of[f], hash_count);
	}
	return 0;
}

static int
free_floods(void **state)
{
	(void)state;
	for (unsigned f = 0; f < FLOODS; f++)
		free(hashes_of[f]);
	return 0;
}

static int
compare_vectors(const void *one, const void *other)
{
	return memcmp(one, other, sizeof(struct vector));
}

static void
assert_all_differ(const struct vector *hashes)
{
	struct vector *sorted = malloc(hash_count * sizeof(*sorted));

	assert_non_null(sorted);
	memcpy(sorted, hashes, hash_count * sizeof(*sorted));
	qsort(sorted, hash_count, sizeof(*sorted), compare_vectors);
	for (uint32_t i = 1; i < hash_count; i++)
		assert_memory_not_equal(&sorted[i - 1], &sorted[i], sizeof(*sorted));
	free(sorted);
}

// The info_hashes of a flood are all different and have the same hash.
static void
test_floods_collide(void **state)
{
	(void)state;
	for (unsigned f = 0; f < FLOODS; f++) {
		assert_all_differ(hashes_of[f]);
		if (floods[f].hash == NULL)
			continue;
		for (uint32_t i = 1; i < hash_count; i++)
			assert_int_equal(
				floods[f].hash(hashes_of[f][i].bytes),
				floods[f].hash(hashes_of[f][0].bytes)
			);
	}
}

// The attacked hashes match published test vectors.
static void
test_attacked_hashes(void **state)
{
	// "123456789" is the usual test vector.
	static const char check[] = "123456789";

	// Microsoft's first vector: 66.9.149.187:2794 -> 161.142.100.80:1766.
	uint32_t tuple[] = {0x420995bb, 0xa18e6450, 0x0aea06e6};

	(void)state;
	assert_int_equal(~rte_hash_crc(check, 9, 0xffffffff), 0xe3069283);
	assert_int_equal(rte_softrss(tuple, 2, toeplitz_key), 0x323e8fc2);
	assert_int_equal(rte_softrss(tuple, 3, toeplitz_key), 0x51ccc178);
}

static void
count_workers(const struct steer *steer, const struct vector *hashes, uint32_t *torrents)
{
	for (uint32_t i = 0; i < hash_count; i++)
		torrents[steer_worker(steer, steer_hash(steer, hashes[i].bytes))]++;
}

// Every worker gets its share, as evenly as with random info_hashes.
static void
test_balance_between_workers(void **state)
{
	static const unsigned workers[] = {2, 4, 16};

	(void)state;
	for (unsigned w = 0; w < RTE_DIM(workers); w++)
		for (unsigned f = 0; f < FLOODS; f++) {
			uint32_t torrents[STEER_WORKERS_MAX] = {0};
			double mean = (double)hash_count / workers[w];
			struct steer steer;

			steer_init(&steer, &key, workers[w]);
			count_workers(&steer, hashes_of[f], torrents);
			for (unsigned i = 0; i < workers[w]; i++)
				if (fabs(torrents[i] - mean) > 5 * sqrt(mean))
					fail_msg(
						"%s: %u of %u on one of %u workers",
						floods[f].name,
						torrents[i],
						hash_count,
						workers[w]
					);
			assert_true(chi_square_even(torrents, workers[w]));
		}
}

// They do not collide in a worker's table, either, which uses the lower half of the same hash.
static void
test_balance_within_a_table(void **state)
{
	struct steer steer;

	(void)state;
	steer_init(&steer, &key, 1);
	for (unsigned f = 0; f < FLOODS; f++) {
		uint32_t low[CELLS] = {0};
		uint32_t high[CELLS] = {0};

		for (uint32_t i = 0; i < hash_count; i++) {
			uint32_t hash = (uint32_t)steer_hash(&steer, hashes_of[f][i].bytes);

			low[hash % CELLS]++;
			high[hash >> 22]++;
		}
		assert_true(chi_square_even(low, CELLS));
		assert_true(chi_square_even(high, CELLS));
	}
}

// --- what they cost -----------------------------------------------------------------------------

static struct shard *
make_shard(uint32_t torrents)
{
	struct shard_config config = {
		.name = "flood",
		.socket = SOCKET_ID_ANY,
		.max_torrents = torrents,
		.max_peers = torrents,
		.peer_timeout_s = 1800,
		.seed = 6,
	};
	struct shard *shard = shard_create(&config);

	assert_non_null(shard);
	return shard;
}

// Announces to, or scrapes, all torrents of a shard in bursts, as a worker does.
static void
process_all(
	struct shard *shard,
	const struct steer *steer,
	const struct vector *hashes,
	uint32_t count,
	enum shard_op_kind kind
)
{
	static uint8_t replies[SHARD_BURST][SHARD_OUT_SPARE + 50 * 6];
	struct shard_op ops[SHARD_BURST];

	for (uint32_t first = 0; first < count; first += SHARD_BURST) {
		unsigned here = RTE_MIN(count - first, (uint32_t)SHARD_BURST);

		for (unsigned i = 0; i < here; i++)
			ops[i] = (struct shard_op){
				.info_hash = hashes[first + i].bytes,
				.peers = replies[i],
				.hash = (uint32_t)steer_hash(steer, hashes[first + i].bytes),
				.kind = (uint8_t)kind,
				.family = FAMILY_IPV4,
				.num_want = 50,
				.peer = {10, 0, 0, 1, 0x1a, 0xe1},
			};
		shard_process(shard, ops, here, 1);
		for (unsigned i = 0; i < here; i++)
			assert_true(ops[i].outcome == SHARD_DONE && ops[i].leechers == 1);
	}
}

// Cycles to add a set of info_hashes to shards of SHARE, and to look each up twice: in another announce, and in
// a scrape.
static uint64_t
cycles_of(const struct vector *hashes)
{
	struct steer steer;
	uint64_t cycles = 0;

	steer_init(&steer, &key, 1);
	for (uint32_t first = 0; first < hash_count; first += SHARE) {
		uint32_t here = RTE_MIN(hash_count - first, (uint32_t)SHARE);
		struct shard *shard = make_shard(here);
		uint64_t start = rte_rdtsc();

		process_all(shard, &steer, hashes + first, here, SHARD_ANNOUNCE);
		process_all(shard, &steer, hashes + first, here, SHARD_ANNOUNCE);
		process_all(shard, &steer, hashes + first, here, SHARD_SCRAPE);
		cycles += rte_rdtsc() - start;
		assert_int_equal(shard_counts(shard)->torrents, here);
		shard_free(shard);
	}
	return cycles;
}

static int
compare_cycles(const void *one, const void *other)
{
	uint64_t a = *(const uint64_t *)one;
	uint64_t b = *(const uint64_t *)other;

	return (a > b) - (a < b);
}

// The time of a flood relative to random info_hashes, by medians of alternating rounds.
static double
ratio_of(unsigned flood)
{
	uint64_t flooded[ROUNDS], random[ROUNDS];

	for (unsigned r = 0; r < ROUNDS; r++) {
		random[r] = cycles_of(hashes_of[RANDOM]);
		flooded[r] = cycles_of(hashes_of[flood]);
	}
	qsort(flooded, ROUNDS, sizeof(flooded[0]), compare_cycles);
	qsort(random, ROUNDS, sizeof(random[0]), compare_cycles);
	return (double)flooded[ROUNDS / 2] / (double)random[ROUNDS / 2];
}

// Other processes run, too, so there are several attempts. A flood that hit would take hundreds of times as
// long in each of them.
static void
test_cost_of_floods(void **state)
{
	(void)state;
	for (unsigned f = 0; f < RANDOM; f++) {
		double ratio = 0;

		for (unsigned attempt = 0; attempt < ATTEMPTS; attempt++) {
			ratio = ratio_of(f);
			if (ratio <= 1.5)
				break;
		}
		if (ratio > 1.5)
			fail_msg("%s: %f times the cycles", floods[f].name, ratio);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_attacked_hashes),
		cmocka_unit_test(test_floods_collide),
		cmocka_unit_test(test_balance_between_workers),
		cmocka_unit_test(test_balance_within_a_table),
		cmocka_unit_test(test_cost_of_floods),
	};

	test_eal_init();
	rte_log_set_global_level(RTE_LOG_EMERG);
	return cmocka_run_group_tests(tests, make_floods, free_floods);
}
