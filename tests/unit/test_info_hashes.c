// SPDX-License-Identifier: BSD-3-Clause
// lib/access/info_hashes.h: compared with a list of its entries.

#include "../../lib/access/info_hashes.h"
#include "../../lib/base/rng.h"
#include "../support/block.h"

#include <rte_common.h>

enum {
	MODEL_MAX = 100,
	UNIVERSE = 2 * MODEL_MAX, // different info_hashes
	BATCH_MAX = 2 * INFO_HASHES_BULK + 6,
	TIMES = 6, // ends and times of lookups are below this
};

struct fixture {
	struct siphash_key key;
	struct rng rng;
	struct info_hashes *set;
	uint64_t capacity;
	unsigned universe;
	bool is_there[UNIVERSE];
	uint32_t until_s[UNIVERSE];
	unsigned count;
};

static void
open_fixture(struct fixture *fixture, uint64_t capacity, unsigned universe)
{
	*fixture = (struct fixture){
		.key = {capacity, 42},
		.rng = {capacity},
		.capacity = capacity,
		.universe = universe,
	};
	fixture->set =
		info_hashes_init(block_new(info_hashes_bytes(capacity)), capacity, &fixture->key);
}

static void
close_fixture(struct fixture *fixture)
{
	free(fixture->set);
}

// Info_hash 0 is all zeros; some differ in their last byte alone.
static void
make_hash(unsigned n, uint8_t info_hash[INFO_HASHES_KEY_BYTES])
{
	struct rng rng = {n / 2};

	memset(info_hash, 0, INFO_HASHES_KEY_BYTES);
	if (n > 1)
		for (unsigned i = 0; i < INFO_HASHES_KEY_BYTES; i++)
			info_hash[i] = (uint8_t)rng_next(&rng);
	info_hash[INFO_HASHES_KEY_BYTES - 1] ^= n & 1;
}

static void
assert_same_one(const struct fixture *fixture, unsigned n)
{
	uint8_t info_hash[INFO_HASHES_KEY_BYTES];

	make_hash(n, info_hash);
	const struct info_hash_entry *entry = info_hashes_find(fixture->set, info_hash);

	assert_int_equal(entry != NULL, fixture->is_there[n]);
	for (uint32_t now_s = 0; now_s <= TIMES; now_s++) {
		uint32_t until_s = fixture->until_s[n];
		bool has = fixture->is_there[n] && (until_s == 0 || now_s < until_s);

		assert_int_equal(info_hashes_has(fixture->set, info_hash, now_s), has);
	}
	if (entry == NULL)
		return;
	assert_memory_equal(entry->info_hash, info_hash, sizeof(info_hash));
	assert_int_equal(entry->until_s, fixture->until_s[n]);
}

static void
assert_same(const struct fixture *fixture)
{
	assert_int_equal(info_hashes_count(fixture->set), fixture->count);
	for (unsigned n = 0; n < fixture->universe; n++)
		assert_same_one(fixture, n);
	for (uint32_t now_s = 0; now_s <= TIMES; now_s++) {
		uint32_t next_s = 0;

		for (unsigned n = 0; n < fixture->universe; n++)
			if (fixture->is_there[n] && fixture->until_s[n] > now_s
			    && (next_s == 0 || fixture->until_s[n] < next_s))
				next_s = fixture->until_s[n];
		assert_int_equal(info_hashes_next_end(fixture->set, now_s), next_s);
	}
}

// Adds a batch, which may have the same info_hash more than once.
static void
add_some(struct fixture *fixture)
{
	struct info_hash_entry entries[BATCH_MAX];
	unsigned count = rng_below(&fixture->rng, BATCH_MAX + 1);
	unsigned used = 0, added = 0;

	for (unsigned i = 0; i < count; i++) {
		unsigned n = rng_below(&fixture->rng, fixture->universe);

		if (!fixture->is_there[n] && fixture->count == fixture->capacity)
			continue;
		make_hash(n, entries[used].info_hash);
		entries[used].until_s = rng_below(&fixture->rng, TIMES);
		fixture->until_s[n] = entries[used++].until_s;
		added += !fixture->is_there[n];
		fixture->count += !fixture->is_there[n];
		fixture->is_there[n] = true;
	}
	assert_int_equal(info_hashes_add(fixture->set, entries, used), added);
}

static void
remove_one(struct fixture *fixture, unsigned n)
{
	uint8_t info_hash[INFO_HASHES_KEY_BYTES];

	make_hash(n, info_hash);
	assert_int_equal(info_hashes_remove(fixture->set, info_hash), fixture->is_there[n]);
	fixture->count -= fixture->is_there[n];
	fixture->is_there[n] = false;
}

// Nothing is left of entries that were taken out, so lookups are as short as ever.
static void
assert_as_new(struct fixture *fixture)
{
	size_t bytes = info_hashes_bytes(fixture->capacity);
	struct info_hashes *fresh =
		info_hashes_init(block_new(bytes), fixture->capacity, &fixture->key);

	assert_memory_equal(fixture->set, fresh, bytes);
	free(fresh);
}

static void
test_random_against_model(void **state)
{
	static const uint64_t capacities[] = {1, 2, 3, 4, 5, 15, 16, 40, MODEL_MAX};
	static struct fixture fixture;

	(void)state;
	for (unsigned i = 0; i < RTE_DIM(capacities); i++) {
		open_fixture(&fixture, capacities[i], (unsigned)(2 * capacities[i]));
		assert_int_equal(info_hashes_capacity(fixture.set), capacities[i]);
		for (unsigned round = 0; round < 200; round++) {
			add_some(&fixture);
			assert_same(&fixture);
			for (unsigned n = rng_below(&fixture.rng, 60); n > 0; n--)
				remove_one(&fixture, rng_below(&fixture.rng, fixture.universe));
			assert_same(&fixture);
		}
		for (unsigned n = 0; n < fixture.universe; n++)
			remove_one(&fixture, n);
		assert_as_new(&fixture);
		close_fixture(&fixture);
	}
}

static void
test_empty(void **state)
{
	static struct fixture fixture;

	(void)state;
	open_fixture(&fixture, 0, 10);
	assert_same(&fixture);
	remove_one(&fixture, 0);
	assert_int_equal(info_hashes_add(fixture.set, NULL, 0), 0);
	close_fixture(&fixture);
}

// A copy of the block is a set of its own.
static void
test_copy(void **state)
{
	static struct fixture fixture;
	size_t bytes = info_hashes_bytes(MODEL_MAX);
	void *copy = block_new(bytes);

	(void)state;
	open_fixture(&fixture, MODEL_MAX, UNIVERSE);
	add_some(&fixture);
	memcpy(copy, fixture.set, bytes);
	for (unsigned n = 0; n < UNIVERSE; n++) {
		uint8_t info_hash[INFO_HASHES_KEY_BYTES];

		make_hash(n, info_hash);
		assert_int_equal(info_hashes_remove(copy, info_hash), fixture.is_there[n]);
	}
	assert_int_equal(info_hashes_count(copy), 0);
	assert_same(&fixture);
	free(copy);
	close_fixture(&fixture);
}

// Info_hashes that belong to the first bucket, more than it can count.
static void
test_one_bucket(void **state)
{
	enum { CAPACITY = 600, SAME = 400 };
	const struct siphash_key key = {1, 2};
	size_t bytes = info_hashes_bytes(CAPACITY);
	uint64_t buckets = (bytes - info_hashes_bytes(0)) / 128 + 1;
	struct info_hashes *set = info_hashes_init(block_new(bytes), CAPACITY, &key);
	static struct info_hash_entry entries[SAME];
	unsigned found = 0;

	(void)state;
	for (uint32_t n = 0; found < SAME; n++) {
		memcpy(entries[found].info_hash, &n, sizeof(n));
		uint64_t hash = siphash13(&key, entries[found].info_hash, INFO_HASHES_KEY_BYTES);

		found += (uint64_t)(uint32_t)hash * buckets >> 32 == 0;
	}
	assert_int_equal(info_hashes_add(set, entries, SAME), SAME);
	for (unsigned round = 0; round < 2; round++) {
		for (unsigned i = 0; i < SAME; i++)
			assert_ptr_not_equal(info_hashes_find(set, entries[i].info_hash), NULL);
		for (unsigned i = 0; i < SAME; i += 2)
			assert_true(info_hashes_remove(set, entries[i].info_hash));
		for (unsigned i = 0; i < SAME; i++)
			assert_int_equal(info_hashes_has(set, entries[i].info_hash, 1), i % 2 == 1);
		assert_int_equal(info_hashes_add(set, entries, SAME), SAME / 2);
	}
	for (unsigned i = 0; i < SAME; i++)
		assert_true(info_hashes_remove(set, entries[i].info_hash));
	assert_int_equal(info_hashes_count(set), 0);
	for (unsigned i = 0; i < SAME; i++)
		assert_ptr_equal(info_hashes_find(set, entries[i].info_hash), NULL);
	free(set);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_empty),
		cmocka_unit_test(test_random_against_model),
		cmocka_unit_test(test_copy),
		cmocka_unit_test(test_one_bucket),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
