// SPDX-License-Identifier: BSD-3-Clause
// lib/stats/stats.h: the table is complete, and a sum leaves nothing out.

#include "../../lib/stats/stats.h"
#include "../support/cmocka_wrap.h"

#include <assert.h>
#include <string.h>

enum { WORDS = FAMILY_COUNT * VERDICT_COUNT + STAT_COUNT };

static_assert(sizeof(struct stats) >= WORDS * sizeof(uint64_t), "every number is a word");
static_assert(
	sizeof(struct stats) < WORDS * sizeof(uint64_t) + RTE_CACHE_LINE_SIZE,
	"a field that this test does not know"
);

// Also among verdicts: telemetry shows both side by side.
static void
test_names_are_unique(void **state)
{
	(void)state;
	for (unsigned s = 0; s < STAT_COUNT; s++) {
		for (unsigned t = 0; t < s; t++)
			assert_string_not_equal(stat_names[s], stat_names[t]);
		for (unsigned v = 0; v < VERDICT_COUNT; v++)
			assert_string_not_equal(stat_names[s], verdict_infos[v].name);
	}
}

static void
test_enum_names_its_row(void **state)
{
	static const struct {
		enum stat_number number;
		const char *name;
	} rows[] = {
#define STAT(name, ...) {STAT_##name, #name},
#include "../../lib/stats/stats.def"
#undef STAT
	};

	(void)state;
	assert_int_equal(RTE_DIM(rows), STAT_COUNT);
	for (unsigned i = 0; i < RTE_DIM(rows); i++)
		assert_string_equal(stat_names[rows[i].number], rows[i].name);
}

// A different number in every word, so that a word left out or taken twice shows.
static void
fill(struct stats *stats, uint64_t first)
{
	uint64_t *words = (uint64_t *)stats;

	memset(stats, 0, sizeof(*stats));
	for (unsigned i = 0; i < WORDS; i++)
		words[i] = first + UINT64_C(1000003) * i;
}

static void
test_sum_covers_every_field(void **state)
{
	struct stats sum;
	struct stats one;
	struct stats two;
	const uint64_t *words = (const uint64_t *)&sum;

	(void)state;
	fill(&sum, 5);
	fill(&one, 70);
	fill(&two, UINT64_C(1) << 40);
	stats_sum(&sum, &one);
	stats_sum(&sum, &two);
	for (unsigned i = 0; i < WORDS; i++)
		assert_int_equal(
			words[i], 5 + 70 + (UINT64_C(1) << 40) + 3 * UINT64_C(1000003) * i
		);
}

static void
test_sum_leaves_its_source_alone(void **state)
{
	struct stats sum;
	struct stats from;
	struct stats before;

	(void)state;
	fill(&sum, 1);
	fill(&from, 2);
	before = from;
	stats_sum(&sum, &from);
	assert_memory_equal(&from, &before, sizeof(from));
}

static void
test_add_set_read(void **state)
{
	uint64_t value = 7;

	(void)state;
	stats_add(&value, 5);
	assert_int_equal(stats_read(&value), 12);
	stats_add(&value, 0);
	assert_int_equal(stats_read(&value), 12);
	stats_set(&value, 3);
	assert_int_equal(stats_read(&value), 3);
	stats_add(&value, UINT64_C(1) << 60);
	assert_int_equal(stats_read(&value), (UINT64_C(1) << 60) + 3);
}

// Two lcores' numbers never share a cache line.
static void
test_stats_fill_their_lines(void **state)
{
	(void)state;
	assert_int_equal(sizeof(struct stats) % RTE_CACHE_LINE_SIZE, 0);
	assert_int_equal(_Alignof(struct stats), RTE_CACHE_LINE_SIZE);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names_are_unique),
		cmocka_unit_test(test_enum_names_its_row),
		cmocka_unit_test(test_sum_covers_every_field),
		cmocka_unit_test(test_sum_leaves_its_source_alone),
		cmocka_unit_test(test_add_set_read),
		cmocka_unit_test(test_stats_fill_their_lines),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
