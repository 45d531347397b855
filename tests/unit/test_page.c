// SPDX-License-Identifier: BSD-3-Clause
// lib/census/page.h: pages of an unordered table, compared with sorting it; few passes for any hashes.

#include "../../lib/base/rng.h"
#include "../../lib/census/page.h"
#include "../support/cmocka_wrap.h"

#include <rte_common.h>

#include <stdlib.h>
#include <string.h>

enum { ROWS = 20000, PASSES_MAX = 2 + SHARD_INFO_HASH_BYTES / 2 };

static struct shard_row all[ROWS], sorted[ROWS];
static struct page page;

static int
compare(const void *a, const void *b)
{
	return memcmp(
		((const struct shard_row *)a)->info_hash,
		((const struct shard_row *)b)->info_hash,
		SHARD_INFO_HASH_BYTES
	);
}

// Hashes whose first `alike` bytes are the same, the rest at random.
static void
make_rows(unsigned alike, uint64_t seed)
{
	struct rng rng = {.state = seed};

	for (unsigned i = 0; i < ROWS; i++) {
		memset(&all[i], 0, sizeof(all[i]));
		memset(all[i].info_hash, 0x80, alike);
		for (unsigned b = alike; b < SHARD_INFO_HASH_BYTES; b++)
			all[i].info_hash[b] = (uint8_t)rng_below(&rng, 256);
		all[i].seeders[FAMILY_IPV4] = i;
	}
	memcpy(sorted, all, sizeof(all));
	qsort(sorted, ROWS, sizeof(*sorted), compare);
}

// Returns the number of passes.
static unsigned
ask(uint64_t offset, unsigned limit, unsigned rows)
{
	unsigned passes = 0;

	page_start(&page, offset, limit);
	do {
		for (unsigned i = 0; i < rows; i++)
			page_add(&page, &all[i]);
		passes++;
	} while (!page_end_pass(&page));
	return passes;
}

static void
check(uint64_t offset, unsigned limit)
{
	unsigned passes = ask(offset, limit, ROWS);
	unsigned expected = offset < ROWS ? RTE_MIN(limit, ROWS - (unsigned)offset) : 0;
	unsigned count;
	const struct shard_row *rows = page_rows(&page, &count);

	assert_int_equal(page.total, ROWS);
	assert_int_equal(count, expected);
	if (count > 0)
		assert_memory_equal(rows, &sorted[offset], count * sizeof(*rows));
	assert_true(passes <= PASSES_MAX);
}

static void
test_against_sorting(void **state)
{
	static const uint64_t offsets[] = {
		0,
		1,
		63,
		1023,
		1024,
		1025,
		9999,
		ROWS - 101,
		ROWS - 100,
		ROWS - 1,
		ROWS,
		UINT64_MAX};
	static const unsigned limits[] = {1, 7, PAGE_LIMIT_MAX};

	(void)state;
	for (unsigned alike = 0; alike <= 16; alike += 4) {
		make_rows(alike, alike + 1);
		for (unsigned o = 0; o < RTE_DIM(offsets); o++)
			for (unsigned l = 0; l < RTE_DIM(limits); l++)
				check(offsets[o], limits[l]);
	}
}

// Random hashes need two passes; a common prefix needs one pass more for every two bytes.
static void
test_passes(void **state)
{
	(void)state;
	make_rows(0, 9);
	assert_int_equal(ask(ROWS / 2, 50, ROWS), 2);
	make_rows(16, 9);
	assert_int_equal(ask(ROWS / 2, 50, ROWS), 10);
}

static void
test_nothing_there(void **state)
{
	unsigned count = 1;

	(void)state;
	assert_int_equal(ask(0, 10, 0), 1);
	page_rows(&page, &count);
	assert_int_equal(count, 0);
	assert_int_equal(page.total, 0);
}

// Torrents that are removed between passes only make the page shorter.
static void
test_torrents_go(void **state)
{
	unsigned count;

	(void)state;
	make_rows(0, 3);
	page_start(&page, ROWS - 10, 10);
	for (unsigned i = 0; i < ROWS; i++)
		page_add(&page, &all[i]);
	assert_false(page_end_pass(&page));
	page_add(&page, &sorted[ROWS - 1]);
	assert_true(page_end_pass(&page));
	page_rows(&page, &count);
	assert_in_range(count, 0, 1);
}

// Most hashes begin alike, others do not: the passes for the former leave the latter out.
static void
test_some_alike(void **state)
{
	(void)state;
	make_rows(8, 5);
	for (unsigned i = 0; i < ROWS; i += 4)
		all[i].info_hash[i / 4 % 8] = (uint8_t)i;
	memcpy(sorted, all, sizeof(all));
	qsort(sorted, ROWS, sizeof(*sorted), compare);
	for (unsigned offset = 0; offset < ROWS; offset += 997)
		check(offset, 100);
}

// Hashes that never differ do not occur, but have an end.
static void
test_all_equal(void **state)
{
	unsigned count;

	(void)state;
	make_rows(SHARD_INFO_HASH_BYTES, 1);
	assert_true(ask(ROWS / 2, 10, ROWS) <= PASSES_MAX);
	page_rows(&page, &count);
	assert_true(count <= 10);
	assert_int_equal(page.total, ROWS);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_against_sorting),
		cmocka_unit_test(test_passes),
		cmocka_unit_test(test_some_alike),
		cmocka_unit_test(test_all_equal),
		cmocka_unit_test(test_nothing_there),
		cmocka_unit_test(test_torrents_go),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
