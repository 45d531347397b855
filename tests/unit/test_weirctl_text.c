// SPDX-License-Identifier: BSD-3-Clause
// app/weirctl: numbers as people read them, texts of others, tables, lists out of DPDK's objects.

#include "../../app/telemetry_client/rows.h"
#include "../../app/weirctl/number.h"
#include "../../app/weirctl/table.h"
#include "../../app/weirctl/text.h"
#include "../support/cmocka_wrap.h"

#include <locale.h>
#include <stdlib.h>
#include <string.h>

#define assert_text(number, expected) assert_string_equal((number).text, expected)

static void
test_counts(void **state)
{
	(void)state;
	assert_text(number_count(0), "0");
	assert_text(number_count(999), "999");
	assert_text(number_count(1000), "1,000");
	assert_text(number_count(1234567), "1,234,567");
	assert_text(number_count(UINT64_MAX), "18,446,744,073,709,551,615");
}

static void
test_rates(void **state)
{
	(void)state;
	assert_text(number_rate(0), "0");
	assert_text(number_rate(0.254), "0.25");
	assert_text(number_rate(9.994), "9.99");
	assert_text(number_rate(9.996), "10.0");
	assert_text(number_rate(99.94), "99.9");
	assert_text(number_rate(99.96), "100");
	assert_text(number_rate(1234567.6), "1,234,568");
}

static void
test_short_numbers_fit_seven_columns(void **state)
{
	(void)state;
	assert_text(number_short(0), "0");
	assert_text(number_short(0.5), "0.50");
	assert_text(number_short(8), "8");
	assert_text(number_short(12.3), "12");
	assert_text(number_short(999999), "999,999");
	assert_text(number_short(999999.6), "1.000M");
	assert_text(number_short(1234567), "1.235M");
	assert_text(number_short(12345678), "12.35M");
	assert_text(number_short(999949999), "999.9M");
	assert_text(number_short(999999999), "1.000G");
	for (double value = 1; value < 1.8e19; value *= 1.7)
		assert_true(strlen(number_short(value).text) <= 7);
}

static void
test_units(void **state)
{
	(void)state;
	assert_text(number_percent(12.34), "12.3 %");
	assert_text(number_bytes(0), "0 B");
	assert_text(number_bytes(1023), "1,023 B");
	assert_text(number_bytes(1024), "1.00 KiB");
	assert_text(number_bytes(1536), "1.50 KiB");
	assert_text(number_bytes(UINT64_C(15) << 20), "15.0 MiB");
	assert_text(number_bytes((UINT64_C(1) << 30) - 1), "1.00 GiB");
	assert_text(number_bits_per_second(0), "0 bit/s");
	assert_text(number_bits_per_second(999.4), "999 bit/s");
	assert_text(number_bits_per_second(1.234e9), "1.23 Gbit/s");
	assert_text(number_nanoseconds(0), "0");
	assert_text(number_nanoseconds(950), "950 ns");
	assert_text(number_nanoseconds(1250), "1.25 us");
	assert_text(number_nanoseconds(98700000), "98.7 ms");
	assert_text(number_nanoseconds(UINT64_C(12300000000)), "12.3 s");
	assert_text(number_duration(5), "0:05");
	assert_text(number_duration(3723), "1:02:03");
	assert_text(number_duration(3 * 86400 + 3723), "3 d 1:02:03");
	assert_text(number_moment(0), "never");
	assert_text(number_moment(1700000000), "2023-11-14 22:13:20");
}

static void
test_growth(void **state)
{
	double per_s = -1;

	(void)state;
	assert_true(number_growth(100, 300, 2, &per_s));
	assert_true(per_s == 100);
	assert_true(number_growth(300, 300, 2, &per_s));
	assert_true(per_s == 0);
	assert_false(number_growth(300, 299, 2, &per_s)); // started again
	assert_false(number_growth(100, 300, 0, &per_s));
}

static void
test_texts_of_others_do_no_harm(void **state)
{
	const char *text = "a\033[2J\xc3\xa4\xff\xe4\xb8\x96\xc2\x9b.";
	static const wchar_t expected[] = L"a?[2J\u00e4???.";

	(void)state;
	for (unsigned i = 0; i < sizeof(expected) / sizeof(*expected); i++)
		assert_int_equal(text_next(&text), expected[i]);
	assert_int_equal(text_width("\xc3\xa4\x01"), 2);
}

// --- tables -------------------------------------------------------------------------------------

static char printed[1024];

static const char *
print(struct table *table)
{
	FILE *out = fmemopen(printed, sizeof(printed), "w");

	table_print(table, out);
	fclose(out);
	table_free(table);
	return printed;
}

static struct table *
three_columns(void)
{
	struct table *table = table_new();

	table_column(table, "name", TABLE_LEFT);
	table_column(table, "value", TABLE_RIGHT);
	table_column(table, "help", TABLE_LEFT);
	return table;
}

static void
fill(struct table *table, const char *const *cells, unsigned count)
{
	for (unsigned i = 0; i < count; i++)
		table_cell(table, cells[i]);
}

static void
test_columns_are_aligned(void **state)
{
	static const char *const cells[] = {
		"a", "1", "one", "longer", "1,234,567", "", "c", "", "t\xc3\xbcr"};
	struct table *table = three_columns();

	(void)state;
	fill(table, cells, 9);
	assert_string_equal(
		print(table),
		"name        value  help\n"
		"a               1  one\n"
		"longer  1,234,567\n"
		"c                  t\xc3\xbcr\n"
	);
}

static void
test_empty_columns_are_left_out(void **state)
{
	static const char *const cells[] = {"a", "", "x", "b", "", "y"};
	struct table *table = three_columns();

	(void)state;
	fill(table, cells, 6);
	assert_string_equal(print(table), "name  help\na     x\nb     y\n");
	assert_string_equal(print(three_columns()), "name  value  help\n");
}

// --- lists --------------------------------------------------------------------------------------

static char *
listed(const char *text, const char *id)
{
	json_t *value = json_loads(text, JSON_DECODE_ANY, NULL);
	json_t *list = rows_expand(value, id);
	char *shown = json_dumps(list, JSON_COMPACT | JSON_ENCODE_ANY);

	json_decref(value);
	json_decref(list);
	return shown;
}

static void
assert_listed(const char *text, const char *id, const char *expected)
{
	char *shown = listed(text, id);

	assert_string_equal(shown, expected);
	free(shown);
}

static void
test_numbered_objects_become_lists(void **state)
{
	(void)state;
	assert_listed("{\"a\":1,\"b\":\"x\"}", NULL, "{\"a\":1,\"b\":\"x\"}");
	assert_listed(
		"{\"n\":{\"10\":\"k\",\"2\":\"c\",\"0\":\"a\"}}",
		NULL,
		"{\"n\":[\"a\",\"c\",\"k\"]}"
	);
	assert_listed("{\"peers\":{}}", NULL, "{\"peers\":[]}");
	assert_listed("{}", NULL, "[]");
	assert_listed(
		"{\"1\":{\"x\":{\"0\":7}},\"3\":{}}",
		"lcore",
		"[{\"lcore\":1,\"x\":[7]},{\"lcore\":3}]"
	);
	assert_listed("{\"1\":{\"a\":1},\"x\":2}", "lcore", "{\"1\":{\"a\":1},\"x\":2}");
	assert_listed("[{\"0\":1}]", NULL, "[{\"0\":1}]"); // DPDK's own lists stay
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_counts),
		cmocka_unit_test(test_rates),
		cmocka_unit_test(test_short_numbers_fit_seven_columns),
		cmocka_unit_test(test_units),
		cmocka_unit_test(test_growth),
		cmocka_unit_test(test_texts_of_others_do_no_harm),
		cmocka_unit_test(test_columns_are_aligned),
		cmocka_unit_test(test_empty_columns_are_left_out),
		cmocka_unit_test(test_numbered_objects_become_lists),
	};

	setlocale(LC_CTYPE, "C.UTF-8");
	setenv("TZ", "UTC", 1);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
