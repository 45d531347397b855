// SPDX-License-Identifier: BSD-3-Clause
// lib/census/best.h: the best few, compared with sorting all.

#include "../../lib/base/rng.h"
#include "../../lib/census/best.h"
#include "../support/cmocka_wrap.h"

#include <rte_common.h>

#include <stdlib.h>
#include <string.h>

enum { ROWS = 3000, ROOM = 100 };

static struct shard_row all[ROWS], sorted[ROWS], kept[ROOM];
static best_before before;

static int
compare(const void *a, const void *b)
{
	return before(a, b) ? -1 : before(b, a) ? 1 : 0;
}

// Few different sizes, so that many are equal.
static void
make_rows(uint64_t seed)
{
	struct rng rng = {.state = seed};

	for (unsigned i = 0; i < ROWS; i++) {
		all[i] = (struct shard_row){.seeders = {[FAMILY_IPV4] = rng_below(&rng, 20)}};
		all[i].leechers[FAMILY_IPV6] = rng_below(&rng, 20);
		for (unsigned b = 0; b < SHARD_INFO_HASH_BYTES; b++)
			all[i].info_hash[b] = (uint8_t)rng_below(&rng, 256);
	}
}

static void
check(best_before order, unsigned count, unsigned room)
{
	struct best best = {.rows = kept, .capacity = room, .before = order};

	before = order;
	memcpy(sorted, all, sizeof(all));
	qsort(sorted, count, sizeof(*sorted), compare);
	for (unsigned i = 0; i < count; i++)
		best_add(&best, &all[i]);
	best_sort(&best);
	assert_int_equal(best.count, RTE_MIN(count, room));
	assert_memory_equal(kept, sorted, best.count * sizeof(*kept));
}

static void
test_against_sorting(void **state)
{
	static const unsigned rooms[] = {0, 1, 2, 3, 7, ROOM};
	static const unsigned counts[] = {0, 1, 2, 99, 100, 101, ROWS};

	(void)state;
	make_rows(1);
	for (unsigned r = 0; r < RTE_DIM(rooms); r++)
		for (unsigned c = 0; c < RTE_DIM(counts); c++) {
			check(best_by_hash, counts[c], rooms[r]);
			check(best_by_peers, counts[c], rooms[r]);
		}
}

static void
test_orders(void **state)
{
	struct shard_row small = {.info_hash = {1}, .seeders = {[FAMILY_IPV4] = 1}};
	struct shard_row large = {.info_hash = {2}, .leechers = {0, 7, 5}};
	struct shard_row equal = {.info_hash = {3}, .leechers = {[FAMILY_IPV4] = 1}};

	(void)state;
	assert_true(best_by_peers(&large, &small));
	assert_false(best_by_peers(&small, &large));
	assert_true(best_by_peers(&small, &equal));
	assert_false(best_by_peers(&equal, &small));
	assert_false(best_by_peers(&small, &small));
	assert_true(best_by_hash(&small, &large));
	assert_int_equal(best_peers(&large), 12);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_against_sorting),
		cmocka_unit_test(test_orders),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
