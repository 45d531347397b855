// SPDX-License-Identifier: BSD-3-Clause
// lib/swarm/peer_index.h: compared with a list of its entries.

#include "../../lib/base/rng.h"
#include "../../lib/swarm/peer_index.h"
#include "../support/cmocka_wrap.h"

#include <rte_common.h>

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum { MODEL_MAX = 8000, CANDIDATES_MAX = PEER_INDEX_PROBES_MAX * PEER_INDEX_ENTRIES };

struct entry {
	uint64_t hash;
	uint32_t position;
};

struct fixture {
	struct peer_index index;
	void *memory;
	struct rng rng;
	uint32_t positions; // drawn below this
	uint32_t tags; // drawn below this
	struct entry model[MODEL_MAX];
	unsigned count;
};

static void
open_fixture(struct fixture *fixture, uint32_t buckets, uint32_t positions, uint32_t tags)
{
	size_t bytes = buckets * sizeof(struct peer_bucket);

	*fixture = (struct fixture){.rng = {buckets}, .positions = positions, .tags = tags};
	fixture->memory = aligned_alloc(sizeof(struct peer_bucket), bytes);
	assert_non_null(fixture->memory);
	memset(fixture->memory, 0, bytes);
	peer_index_init(&fixture->index, fixture->memory, buckets);
}

static void
close_fixture(struct fixture *fixture)
{
	free(fixture->memory);
}

// A hash that belongs to a bucket.
static uint64_t
hash_of(const struct fixture *fixture, uint32_t bucket, uint32_t tag)
{
	uint64_t low = (((uint64_t)bucket << 32) + fixture->index.count - 1) / fixture->index.count;

	return (uint64_t)tag << 32 | low;
}

static struct entry
random_entry(struct fixture *fixture)
{
	uint64_t tag = rng_below(&fixture->rng, fixture->tags);

	return (struct entry){
		.hash = tag << 32 | (rng_next(&fixture->rng) & UINT32_MAX),
		.position = rng_below(&fixture->rng, fixture->positions),
	};
}

static bool
add(struct fixture *fixture, struct entry entry)
{
	if (!peer_index_add(&fixture->index, entry.hash, entry.position))
		return false;
	assert_true(fixture->count < MODEL_MAX);
	fixture->model[fixture->count++] = entry;
	return true;
}

static void
take_out(struct fixture *fixture, unsigned n)
{
	struct entry entry = fixture->model[n];

	peer_index_remove(&fixture->index, entry.hash, entry.position);
	fixture->model[n] = fixture->model[--fixture->count];
}

static void
move(struct fixture *fixture, unsigned n, uint32_t to)
{
	struct entry *entry = &fixture->model[n];
	uint32_t *guess = peer_index_guess(&fixture->index, entry->hash);

	if (n % 2 == 0)
		peer_index_move(&fixture->index, entry->hash, entry->position, to);
	else
		peer_index_move_guessed(&fixture->index, guess, entry->hash, entry->position, to);
	entry->position = to;
}

// Whether a walk yields the position; it must end in any case.
static bool
walk_finds(const struct fixture *fixture, uint64_t hash, uint32_t position)
{
	struct peer_index_walk walk = peer_index_walk(&fixture->index, hash);
	bool found = false;
	uint32_t candidate;

	for (unsigned met = 0; (candidate = peer_index_next(&walk)) != UINT32_MAX; met++) {
		assert_true(met < CANDIDATES_MAX);
		assert_true(candidate <= PEER_INDEX_POSITION_MAX);
		found |= candidate == position;
	}
	return found;
}

static unsigned
entries_in(const struct fixture *fixture)
{
	unsigned entries = 0;

	for (uint32_t b = 0; b < fixture->index.count; b++)
		for (unsigned i = 0; i < PEER_INDEX_ENTRIES; i++)
			entries += fixture->index.buckets[b].entries[i] != 0;
	return entries;
}

static void
assert_same(const struct fixture *fixture)
{
	assert_int_equal(entries_in(fixture), fixture->count);
	for (unsigned n = 0; n < fixture->count; n++) {
		const struct entry *entry = &fixture->model[n];

		if (!walk_finds(fixture, entry->hash, entry->position))
			fail_msg(
				"%u of %u is lost: hash %llx, position %u",
				n,
				fixture->count,
				(unsigned long long)entry->hash,
				entry->position
			);
	}
}

// No entry is left, and every bucket is as in the beginning.
static void
assert_zero(const struct fixture *fixture)
{
	static const struct peer_bucket zero;

	for (uint32_t b = 0; b < fixture->index.count; b++)
		assert_memory_equal(&fixture->index.buckets[b], &zero, sizeof(zero));
}

// The same after equal entries were exchanged: their counts of passed buckets may add up to whole rounds of
// the table, which are never removed. That does no harm: walks probe more buckets than needed.
static void
assert_zero_but_laps(const struct fixture *fixture)
{
	assert_int_equal(entries_in(fixture), 0);
	for (uint32_t b = 1; b < fixture->index.count; b++)
		assert_int_equal(
			fixture->index.buckets[b].passed, fixture->index.buckets[0].passed
		);
}

static void
random_step(struct fixture *fixture, unsigned most)
{
	unsigned what = rng_below(&fixture->rng, 4);

	if (fixture->count < most && what < 2) {
		add(fixture, random_entry(fixture));
		return;
	}
	if (fixture->count == 0)
		return;
	unsigned n = rng_below(&fixture->rng, fixture->count);

	if (what == 2)
		move(fixture, n, rng_below(&fixture->rng, fixture->positions));
	else
		take_out(fixture, n);
}

static void
empty_at_random(struct fixture *fixture)
{
	while (fixture->count > 0)
		take_out(fixture, rng_below(&fixture->rng, fixture->count));
}

static const struct {
	uint32_t buckets;
	uint32_t percent; // maximum share of places in use
	uint32_t positions;
	uint32_t tags;
	unsigned steps;
	bool laps; // so many equal entries that exchanges may wrap around the whole table
} rows[] = {
	{1, 100, 1000, 256, 2000, false},
	{2, 100, 1000, 256, 4000, false},
	{3, 100, 100000, 256, 4000, false},
	{1, 100, 3, 2, 4000, false}, // one bucket: no entry passes it
	{2, 100, 3, 2, 4000, true},
	{3, 86, 10, 2, 4000, true},
	{10, 86, 1000, 256, 20000, false},
	{10, 100, 100000, 256, 20000, false},
	{65, 98, PEER_INDEX_POSITION_MAX + 1, 256, 40000, false},
	{500, 50, PEER_INDEX_POSITION_MAX + 1, 256, 40000, false},
	{500, 86, PEER_INDEX_POSITION_MAX + 1, 256, 60000, false},
	{500, 86, 200, 256, 60000, false}, // some are interchangeable
	{500, 86, 40, 4, 60000, false}, // many
	{500, 86, 1, 1, 60000, true}, // all
	{500, 95, 1000, 256, 60000, false},
	{500, 100, PEER_INDEX_POSITION_MAX + 1, 256, 60000, false},
};

static void
fill(struct fixture *fixture, unsigned most)
{
	for (unsigned i = 0; i < 3 * most && fixture->count < most; i++)
		add(fixture, random_entry(fixture));
}

static void
random_walk(struct fixture *fixture, unsigned row)
{
	unsigned most = rows[row].buckets * PEER_INDEX_ENTRIES * rows[row].percent / 100;

	fill(fixture, most);
	for (unsigned step = 0; step < rows[row].steps; step++) {
		random_step(fixture, most);
		if (step % (rows[row].steps / 8) == 0)
			assert_same(fixture);
	}
	assert_same(fixture);
}

static void
test_random_against_model(void **state)
{
	static struct fixture fixture;

	(void)state;
	for (unsigned r = 0; r < RTE_DIM(rows); r++) {
		open_fixture(&fixture, rows[r].buckets, rows[r].positions, rows[r].tags);
		for (unsigned round = 0; round < 2; round++) {
			random_walk(&fixture, r);
			empty_at_random(&fixture);
			if (rows[r].laps)
				assert_zero_but_laps(&fixture);
			else
				assert_zero(&fixture);
		}
		close_fixture(&fixture);
	}
}

// peer_index_buckets gives a load factor of 6/7, and all entries fit.
static void
test_buckets(void **state)
{
	static const uint32_t peers[] = {0, 1, 14, 15, 64, 1000, 7000, 1000000, 1000000000};
	static struct fixture fixture;

	(void)state;
	for (unsigned i = 0; i < RTE_DIM(peers); i++) {
		uint64_t places = (uint64_t)peer_index_buckets(peers[i]) * PEER_INDEX_ENTRIES;

		assert_true(places * 6 >= (uint64_t)peers[i] * 7);
		assert_true(places * 6 <= (uint64_t)peers[i] * 7 + 6 * 3 * PEER_INDEX_ENTRIES);
		if (peers[i] > MODEL_MAX)
			continue;
		open_fixture(
			&fixture, peer_index_buckets(peers[i]), PEER_INDEX_POSITION_MAX + 1, 256
		);
		for (uint32_t n = 0; n < peers[i]; n++)
			assert_true(add(&fixture, random_entry(&fixture)));
		assert_same(&fixture);
		close_fixture(&fixture);
	}
}

// Adds an entry that must be refused and must change nothing.
static void
assert_no_room(struct fixture *fixture, struct entry entry)
{
	size_t bytes = fixture->index.count * sizeof(struct peer_bucket);
	void *before = malloc(bytes);

	assert_non_null(before);
	memcpy(before, fixture->memory, bytes);
	assert_false(peer_index_add(&fixture->index, entry.hash, entry.position));
	assert_memory_equal(before, fixture->memory, bytes);
	free(before);
}

// Fills `buckets` buckets, all with entries of the first of them.
static void
fill_from(struct fixture *fixture, uint32_t first, uint32_t buckets)
{
	for (uint32_t n = 0; n < buckets * PEER_INDEX_ENTRIES; n++)
		assert_true(
			add(fixture, (struct entry){hash_of(fixture, first, n & 0xff), 1000 + n})
		);
}

// The guess is right for a peer that has its tag to itself, and nothing for one whose entry is elsewhere.
static void
test_guess(void **state)
{
	static struct fixture fixture;
	struct entry entry;

	(void)state;
	open_fixture(&fixture, 20, 1000, 256);
	fill_from(&fixture, 3, 1); // tags 0 to 14
	entry = (struct entry){hash_of(&fixture, 3, 7), 1007};
	uint32_t *guess = peer_index_guess(&fixture.index, entry.hash);

	assert_non_null(guess);
	assert_int_equal(*guess, peer_index_entry(entry.hash, entry.position));
	assert_int_equal(peer_index_position(*guess), entry.position);
	move(&fixture, 7, 5);
	assert_int_equal(peer_index_position(*guess), 5);
	entry = (struct entry){hash_of(&fixture, 3, 77), 9};
	assert_true(add(&fixture, entry)); // in the next bucket
	assert_null(peer_index_guess(&fixture.index, entry.hash));
	move(&fixture, PEER_INDEX_ENTRIES, 11);
	assert_same(&fixture);
	close_fixture(&fixture);
}

// An entry is refused after the maximum number of full buckets, and stored after one less.
static void
test_probes_reached(void **state)
{
	static const uint32_t firsts[] = {0, 10, 36, 70, 99}; // the last ones wrap around
	enum { BUCKETS = 100 };
	static struct fixture fixture;

	(void)state;
	for (unsigned i = 0; i < RTE_DIM(firsts); i++) {
		uint32_t second = (firsts[i] + 1) % BUCKETS;

		open_fixture(&fixture, BUCKETS, 1, 1);
		fill_from(&fixture, firsts[i], PEER_INDEX_PROBES_MAX);
		assert_no_room(&fixture, (struct entry){hash_of(&fixture, firsts[i], 7), 3});
		assert_true(add(&fixture, (struct entry){hash_of(&fixture, second, 7), 3}));
		assert_same(&fixture);
		take_out(&fixture, 5); // one place is free again
		assert_true(add(&fixture, (struct entry){hash_of(&fixture, firsts[i], 7), 3}));
		assert_same(&fixture);
		empty_at_random(&fixture);
		assert_zero(&fixture);
		close_fixture(&fixture);
	}
}

// In a table with fewer buckets than probes, walks wrap around several times and end.
static void
test_tiny_and_full(void **state)
{
	static struct fixture fixture;

	(void)state;
	for (uint32_t buckets = 1; buckets <= 3; buckets++) {
		open_fixture(&fixture, buckets, 1, 1);
		fill_from(&fixture, buckets - 1, buckets);
		for (uint32_t home = 0; home < buckets; home++) {
			assert_no_room(&fixture, (struct entry){hash_of(&fixture, home, 1), 1});
			assert_false(walk_finds(&fixture, hash_of(&fixture, home, 1), 1));
		}
		assert_same(&fixture);
		empty_at_random(&fixture);
		assert_zero(&fixture);
		close_fixture(&fixture);
	}
}

// A walk yields nothing in an empty index, nor entries that were removed or moved.
static void
test_absent(void **state)
{
	static struct fixture fixture;
	struct entry entry;

	(void)state;
	open_fixture(&fixture, 20, 1000, 256);
	for (uint32_t home = 0; home < 20; home++)
		assert_false(walk_finds(&fixture, hash_of(&fixture, home, 0), 0));
	entry = (struct entry){hash_of(&fixture, 19, 0), 0}; // tag 0, position 0: not a free place
	assert_true(add(&fixture, entry));
	assert_true(walk_finds(&fixture, entry.hash, 0));
	assert_false(walk_finds(&fixture, entry.hash, 1));
	assert_false(walk_finds(&fixture, hash_of(&fixture, 19, 1), 0)); // another tag
	assert_false(walk_finds(&fixture, hash_of(&fixture, 0, 0), 0)); // another bucket
	move(&fixture, 0, PEER_INDEX_POSITION_MAX);
	assert_false(walk_finds(&fixture, entry.hash, 0));
	assert_true(walk_finds(&fixture, entry.hash, PEER_INDEX_POSITION_MAX));
	take_out(&fixture, 0);
	assert_false(walk_finds(&fixture, entry.hash, PEER_INDEX_POSITION_MAX));
	assert_zero(&fixture);
	close_fixture(&fixture);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_absent),
		cmocka_unit_test(test_random_against_model),
		cmocka_unit_test(test_buckets),
		cmocka_unit_test(test_guess),
		cmocka_unit_test(test_probes_reached),
		cmocka_unit_test(test_tiny_and_full),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
