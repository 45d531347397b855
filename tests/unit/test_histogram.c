// SPDX-License-Identifier: BSD-3-Clause
// lib/stats/histogram.h: every bucket's bounds, the error it promises, percentiles against sorting.

#include "../../lib/base/rng.h"
#include "../../lib/stats/histogram.h"
#include "../support/cmocka_wrap.h"

#include <stdlib.h>

static struct histogram histogram;

static int
setup(void **state)
{
	(void)state;
	histogram_init(&histogram);
	return 0;
}

static void
test_buckets_tile_all_numbers(void **state)
{
	uint64_t next = 0; // the first number of the bucket

	(void)state;
	for (unsigned i = 0; i < HISTOGRAM_BUCKETS; i++) {
		uint64_t last = histogram_bucket_max(i);

		assert_true(last >= next);
		assert_int_equal(histogram_bucket(next), i);
		assert_int_equal(histogram_bucket(last), i);
		assert_true(last - next <= next / 32); // the error that is promised
		next = last + 1;
	}
	assert_int_equal(next, 0); // after 2^64 - 1
}

static void
test_small_numbers_are_exact(void **state)
{
	(void)state;
	for (uint64_t value = 0; value < 64; value++)
		assert_int_equal(histogram_bucket_max(histogram_bucket(value)), value);
}

static int
compare(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

static void
test_percentiles_against_sorting(void **state)
{
	enum { COUNT = 20001 };
	static const double shares[] = {1e-9, 0.01, 0.5, 0.9, 0.99, 0.999, 0.9999, 1};
	static uint64_t values[COUNT];
	struct rng rng = {5};

	(void)state;
	for (unsigned i = 0; i < COUNT; i++) {
		values[i] = rng_next(&rng) >> rng_below(&rng, 60); // of every magnitude
		histogram_record(&histogram, values[i]);
	}
	qsort(values, COUNT, sizeof(*values), compare);
	assert_int_equal(histogram_count(&histogram), COUNT);
	for (unsigned i = 0; i < RTE_DIM(shares); i++) {
		uint64_t rank = (uint64_t)(shares[i] * COUNT);
		uint64_t exact = values[(double)rank < shares[i] * COUNT ? rank : rank - 1];
		uint64_t found = histogram_percentile(&histogram, shares[i]);

		assert_true(found >= exact);
		assert_true(found - exact <= exact / 32);
	}
	assert_int_equal(histogram.min, values[0]);
	assert_int_equal(histogram.max, values[COUNT - 1]);
	assert_int_equal(histogram_percentile(&histogram, 1), values[COUNT - 1]);
}

static void
test_empty(void **state)
{
	(void)state;
	assert_int_equal(histogram_count(&histogram), 0);
	assert_int_equal(histogram_percentile(&histogram, 0.5), 0);
	assert_true(histogram_mean(&histogram) == 0);
}

static void
test_add(void **state)
{
	static struct histogram other;

	(void)state;
	histogram_init(&other);
	histogram_record(&histogram, 10);
	histogram_record(&other, 4);
	histogram_record(&other, 1000000);
	histogram_add(&histogram, &other);
	assert_int_equal(histogram_count(&histogram), 3);
	assert_int_equal(histogram.min, 4);
	assert_int_equal(histogram.max, 1000000);
	assert_true(histogram_mean(&histogram) == 1000014 / 3.0);
	assert_int_equal(histogram_percentile(&histogram, 0.5), 10);
	histogram_init(&other);
	histogram_add(&histogram, &other); // nothing changes min or max
	assert_int_equal(histogram.min, 4);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_buckets_tile_all_numbers),
		cmocka_unit_test(test_small_numbers_are_exact),
		cmocka_unit_test_setup(test_percentiles_against_sorting, setup),
		cmocka_unit_test_setup(test_empty, setup),
		cmocka_unit_test_setup(test_add, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
