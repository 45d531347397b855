// SPDX-License-Identifier: BSD-3-Clause
// lib/tracker/steer.h: every worker gets its share, and nobody can aim.

#include "../../lib/base/rng.h"
#include "../../lib/tracker/steer.h"
#include "../support/chi_square.h"
#include "../support/cmocka_wrap.h"

#include <string.h>

enum { HASHES = 20000 };

static const struct siphash_key key = {UINT64_C(0x0706050403020100), UINT64_C(0x0f0e0d0c0b0a0908)};

static void
test_reta_is_dealt_out_evenly(void **state)
{
	(void)state;
	for (unsigned workers = 1; workers <= STEER_WORKERS_MAX; workers++) {
		struct steer steer;
		unsigned buckets[STEER_WORKERS_MAX] = {0};

		steer_init(&steer, &key, workers);
		for (unsigned i = 0; i < STEER_RETA_SIZE; i++) {
			assert_true(steer.reta[i] < workers);
			buckets[steer.reta[i]]++;
		}
		for (unsigned w = 0; w < workers; w++) {
			assert_true(buckets[w] >= STEER_RETA_SIZE / workers);
			assert_true(buckets[w] <= STEER_RETA_SIZE / workers + 1);
		}
	}
}

// The hash is the keyed hash of all 20 bytes with the given key.
static void
test_hash(void **state)
{
	struct keyed_hash_key keyed;
	struct steer steer;
	uint8_t info_hash[20];

	(void)state;
	for (uint8_t i = 0; i < sizeof(info_hash); i++)
		info_hash[i] = i;
	keyed_hash_key_init(&keyed, &key);
	steer_init(&steer, &key, 3);
	uint64_t hash = steer_hash(&steer, info_hash);

	assert_int_equal(hash, keyed_hash->one(&keyed, info_hash));
	for (unsigned i = 0; i < sizeof(info_hash); i++) {
		info_hash[i] ^= 1;
		assert_int_not_equal(steer_hash(&steer, info_hash), hash);
		info_hash[i] ^= 1;
	}
}

// A burst of any size hashes as one alone.
static void
test_burst_as_one_alone(void **state)
{
	struct rng rng = {20};
	struct steer steer;

	(void)state;
	steer_init(&steer, &key, 3);
	for (unsigned count = 0; count <= STEER_BURST; count++) {
		uint8_t info_hashes[STEER_BURST][STEER_HASH_BYTES];
		struct steer_burst burst;

		burst.count = 0;
		for (unsigned i = 0; i < count; i++) {
			for (unsigned b = 0; b < STEER_HASH_BYTES; b++)
				info_hashes[i][b] = (uint8_t)rng_next(&rng);
			steer_burst_add(&burst, info_hashes[i]);
		}
		assert_int_equal(burst.count, count);
		steer_burst_compute(&steer, &burst);
		for (unsigned i = 0; i < count; i++)
			assert_int_equal(
				steer_burst_hash(&burst, i), steer_hash(&steer, info_hashes[i])
			);
	}
}

// The top 8 bits choose the bucket, no others.
static void
test_bucket_is_top_of_hash(void **state)
{
	struct steer steer;

	(void)state;
	steer_init(&steer, &key, STEER_WORKERS_MAX);
	for (uint64_t bucket = 0; bucket < STEER_RETA_SIZE; bucket++) {
		uint64_t rest = (UINT64_C(1) << 56) - 1;

		assert_int_equal(steer_worker(&steer, bucket << 56), steer.reta[bucket]);
		assert_int_equal(steer_worker(&steer, bucket << 56 | rest), steer.reta[bucket]);
	}
}

// Info_hashes that count up, as an attacker would make them, spread like random ones.
static void
test_balance(void **state)
{
	static const unsigned counts_of_workers[] = {2, 4, 8, 16, 64, 128};

	(void)state;
	for (unsigned i = 0; i < sizeof(counts_of_workers) / sizeof(counts_of_workers[0]); i++) {
		const unsigned workers = counts_of_workers[i];
		struct steer steer;
		uint32_t torrents[STEER_WORKERS_MAX] = {0};
		uint8_t info_hash[20] = {0};

		steer_init(&steer, &key, workers);
		for (uint32_t n = 0; n < HASHES; n++) {
			memcpy(info_hash, &n, sizeof(n));
			torrents[steer_worker(&steer, steer_hash(&steer, info_hash))]++;
		}
		assert_true(chi_square_even(torrents, workers));
	}
}

// Which table slot a torrent falls into says nothing about its worker, or the other way round.
static void
test_worker_and_table_are_independent(void **state)
{
	struct steer steer;
	uint32_t cells[4 * 16] = {0};
	struct rng rng = {5};

	(void)state;
	steer_init(&steer, &key, 4);
	for (unsigned n = 0; n < HASHES; n++) {
		uint8_t info_hash[24];

		for (unsigned i = 0; i < 3; i++) {
			uint64_t word = rng_next(&rng);

			memcpy(info_hash + 8 * i, &word, sizeof(word));
		}
		uint64_t hash = steer_hash(&steer, info_hash);

		cells[steer_worker(&steer, hash) * 16 + ((uint32_t)hash & 15)]++;
	}
	assert_true(chi_square_even(cells, 4 * 16));
}

// Another key, another distribution: what lands on one worker cannot be known beforehand.
static void
test_key_decides(void **state)
{
	const struct siphash_key other_key = {key.k0 ^ 1, key.k1};
	struct steer steer;
	struct steer other;
	unsigned same = 0;

	(void)state;
	steer_init(&steer, &key, 4);
	steer_init(&other, &other_key, 4);
	for (uint32_t n = 0; n < HASHES; n++) {
		uint8_t info_hash[20] = {0};

		memcpy(info_hash, &n, sizeof(n));
		same += steer_worker(&steer, steer_hash(&steer, info_hash))
			== steer_worker(&other, steer_hash(&other, info_hash));
	}
	assert_in_range(same, HASHES / 4 - HASHES / 40, HASHES / 4 + HASHES / 40);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_reta_is_dealt_out_evenly),
		cmocka_unit_test(test_hash),
		cmocka_unit_test(test_burst_as_one_alone),
		cmocka_unit_test(test_bucket_is_top_of_hash),
		cmocka_unit_test(test_balance),
		cmocka_unit_test(test_worker_and_table_are_independent),
		cmocka_unit_test(test_key_decides),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
