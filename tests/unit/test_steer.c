// SPDX-License-Identifier: BSD-3-Clause
// lib/tracker/steer.h: every worker gets its share, and nobody can aim.

#include "../../lib/base/rng.h"
#include "../../lib/tracker/steer.h"
#include "../support/chi_square.h"
#include "../support/cmocka_wrap.h"

#include <rte_byteorder.h>
#include <rte_thash.h>

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

// --- steering in the NIC --------------------------------------------------------------------------

static const uint8_t rss_key[STEER_TOEPLITZ_KEY_BYTES] = {
	0x6d, 0x5a, 0x56, 0xda, 0x25, 0x5b, 0x0e, 0xc2, 0x41, 0x67, 0x25, 0x3d,
	0x43, 0xa3, 0x8f, 0xb0, 0xd0, 0xca, 0x2b, 0xcb, 0xae, 0x7b, 0x30, 0xb4,
};

// Each queue has a worker of its own, in another order.
static void
reverse(uint8_t *workers, unsigned queues)
{
	for (unsigned q = 0; q < queues; q++)
		workers[q] = (uint8_t)(queues - 1 - q);
}

static void
draw(struct rng *rng, uint8_t info_hash[STEER_HASH_BYTES])
{
	for (unsigned i = 0; i < STEER_HASH_BYTES; i++)
		info_hash[i] = (uint8_t)rng_next(rng);
}

static void
test_rule_bits(void **state)
{
	static const uint8_t rows[][2] = {
		{1, 0},
		{2, 1},
		{3, 5},
		{4, 2},
		{5, 6},
		{8, 3},
		{9, 7},
		{16, 4},
		{17, 8},
		{32, 5},
		{33, 8},
		{63, 8},
		{64, 6},
		{128, 7},
	};

	(void)state;
	for (unsigned i = 0; i < RTE_DIM(rows); i++)
		assert_int_equal(steer_rule_bits(rows[i][0]), rows[i][1]);
}

// Exactly one rule matches each first byte, and its queue is that of the owner in software. The number of patterns of
// queues differs by one at most.
static void
test_rules_agree(void **state)
{
	struct steer steer, keyed;
	struct rng rng = {7};

	(void)state;
	for (unsigned queues = 1; queues <= STEER_WORKERS_MAX; queues++) {
		unsigned patterns = 1u << steer_rule_bits(queues), dealt[STEER_WORKERS_MAX] = {0};
		uint8_t workers[STEER_WORKERS_MAX], info_hash[STEER_HASH_BYTES];

		reverse(workers, queues);
		steer_init(&keyed, &key, queues);
		steer_init(&steer, &key, queues);
		steer_follow_rules(&steer, workers, queues);
		assert_true(patterns >= queues && patterns <= 256);
		for (unsigned byte = 0; byte < 256; byte++) {
			unsigned matching = 0, queue = queues;

			for (unsigned pattern = 0; pattern < patterns; pattern++)
				if ((byte & (patterns - 1)) == pattern) {
					matching++;
					queue = steer_rule_queue(pattern, queues);
				}
			draw(&rng, info_hash);
			info_hash[0] = (uint8_t)byte;
			uint64_t hash = steer_hash(&steer, info_hash);

			assert_int_equal(matching, 1);
			assert_int_equal(steer_worker(&steer, hash), workers[queue]);
			assert_int_equal((uint32_t)hash, (uint32_t)steer_hash(&keyed, info_hash));
		}
		for (unsigned pattern = 0; pattern < patterns; pattern++)
			dealt[steer_rule_queue(pattern, queues)]++;
		for (unsigned q = 0; q < queues; q++)
			assert_in_range(
				dealt[q], patterns / queues, (patterns + queues - 1) / queues
			);
	}
}

// Random info_hashes load all owners alike, by rules and by RSS.
static void
test_followed_balance(void **state)
{
	(void)state;
	for (unsigned queues = 2; queues <= 64; queues *= 2)
		for (unsigned way = 0; way < 2; way++) {
			uint32_t torrents[STEER_WORKERS_MAX] = {0};
			uint8_t workers[STEER_WORKERS_MAX], info_hash[STEER_HASH_BYTES];
			struct rng rng = {queues};
			struct steer steer;

			reverse(workers, queues);
			steer_init(&steer, &key, queues);
			if (way == 0)
				steer_follow_rules(&steer, workers, queues);
			else
				steer_follow_rss(&steer, rss_key, 128, workers, queues);
			for (unsigned n = 0; n < HASHES; n++) {
				draw(&rng, info_hash);
				torrents[steer_worker(&steer, steer_hash(&steer, info_hash))]++;
			}
			assert_true(chi_square_even(torrents, queues));
		}
}

// The hash is DPDK's of the same bytes and key, and the table is read as a NIC reads it.
static void
test_rss_agrees(void **state)
{
	static const unsigned sizes[] = {64, 128, 256};
	struct rng rng = {9};

	(void)state;
	for (unsigned i = 0; i < RTE_DIM(sizes); i++)
		for (unsigned queues = 1; queues <= 64; queues += 7) {
			uint8_t workers[STEER_WORKERS_MAX];
			struct steer steer, keyed;

			reverse(workers, queues);
			steer_init(&keyed, &key, queues);
			steer_init(&steer, &key, queues);
			steer_follow_rss(&steer, rss_key, sizes[i], workers, queues);
			for (unsigned n = 0; n < 200; n++) {
				uint8_t info_hash[STEER_HASH_BYTES];
				uint32_t words[STEER_HASH_BYTES / 4];

				draw(&rng, info_hash);
				memcpy(words, info_hash, sizeof(words));
				for (unsigned w = 0; w < RTE_DIM(words); w++)
					words[w] = rte_be_to_cpu_32(words[w]);
				uint32_t toeplitz = rte_softrss(words, RTE_DIM(words), rss_key);
				uint64_t hash = steer_hash(&steer, info_hash);

				assert_int_equal(hash >> 56, toeplitz & 0xff);
				assert_int_equal(
					steer_worker(&steer, hash),
					workers[toeplitz % sizes[i] % queues]
				);
				assert_int_equal(
					(uint32_t)hash, (uint32_t)steer_hash(&keyed, info_hash)
				);
			}
		}
}

// What a NIC decides changes nothing of a burst but the owners.
static void
test_followed_burst(void **state)
{
	const uint8_t workers[] = {2, 0, 1};

	(void)state;
	for (unsigned way = 0; way < 2; way++) {
		uint8_t info_hashes[STEER_BURST][STEER_HASH_BYTES];
		struct rng rng = {11 + way};
		struct steer_burst burst = {.count = 0};
		struct steer steer;

		steer_init(&steer, &key, RTE_DIM(workers));
		if (way == 0)
			steer_follow_rules(&steer, workers, RTE_DIM(workers));
		else
			steer_follow_rss(&steer, rss_key, 64, workers, RTE_DIM(workers));
		for (unsigned i = 0; i < STEER_BURST; i++) {
			draw(&rng, info_hashes[i]);
			steer_burst_add(&burst, info_hashes[i]);
		}
		steer_burst_compute(&steer, &burst);
		for (unsigned i = 0; i < STEER_BURST; i++)
			assert_int_equal(
				steer_burst_hash(&burst, i), steer_hash(&steer, info_hashes[i])
			);
		steer_init(&steer, &key, RTE_DIM(workers)); // back to the key
		assert_int_equal(
			steer_hash(&steer, info_hashes[0]),
			keyed_hash->one(&steer.key, info_hashes[0])
		);
	}
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
		cmocka_unit_test(test_rule_bits),
		cmocka_unit_test(test_rules_agree),
		cmocka_unit_test(test_followed_balance),
		cmocka_unit_test(test_rss_agrees),
		cmocka_unit_test(test_followed_burst),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
