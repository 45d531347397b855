// SPDX-License-Identifier: BSD-3-Clause
// app/weir/lists/list_load.h: from texts, with any bytes, to tables.

#include "../../app/weir/lists/list_load.h"
#include "../../app/weir/lists/list_memory.h"
#include "../support/cmocka_wrap.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { NOW_S = 1000, LINE_BYTES = 41, LINES = 100000, LONG_BYTES = 10 << 20 };

#define HASH "00112233445566778899aabbccddeeff00112233"
#define OTHER "ffeeddccbbaa99887766554433221100ffeeddcc"
#define KEY "abcdefghijklmnopqrstuvwxyz012345"

// The last load.
static struct list_table table;
static char *told;
static uint64_t wrong_count;
static struct error error;
static bool (*goes_on)(void *context);

static bool
load_bytes(enum list_kind kind, const char *text, size_t len, uint64_t max)
{
	const struct list_load load = {
		.kind = kind,
		.mode = ACCESS_DENY,
		.now_s = NOW_S,
		.setting = "the.setting",
		.goes_on = goes_on,
	};
	struct list_wrong wrong = {
		.path = "/list",
		.secret = list_kinds[kind].secrecy == PLAIN_FILE_SECRET,
		.max = max,
	};
	size_t size;

	list_table_free(&table);
	free(told);
	wrong.out = open_memstream(&told, &size);
	bool right = list_load_text(&load, text, len, &table, &wrong, &error);

	fclose(wrong.out);
	wrong_count = wrong.count;
	return right;
}

static bool
load(enum list_kind kind, const char *text)
{
	return load_bytes(kind, text, strlen(text), 1000);
}

static bool
has(const char *hex, uint32_t now_s)
{
	struct list_line line;
	struct info_hash_entry entry;

	assert_int_equal(list_line_info_hash(hex, strlen(hex), &line, &entry), LIST_LINE_ENTRY);
	return info_hashes_has(table.block, entry.info_hash, now_s);
}

static void
test_torrents(void **state)
{
	(void)state;
	assert_true(load(
		LIST_ACCESS, "# a comment\n\n" HASH "\r\n" HASH " # twice\n" OTHER " until=2000"
	));
	assert_int_equal(table.entries, 2);
	assert_int_equal(table.next_end_s, 2000);
	assert_true(has(HASH, NOW_S));
	assert_true(has(OTHER, 1999));
	assert_false(has(OTHER, 2000));
	assert_true(load(LIST_ACCESS, OTHER " until=999"));
	assert_int_equal(table.next_end_s, 0); // it is over
	assert_true(load(LIST_ACCESS, ""));
	assert_int_equal(table.entries, 0);
	assert_false(has(HASH, NOW_S));
}

static void
test_clients(void **state)
{
	(void)state;
	assert_true(load(LIST_CLIENTS, "-qB46\n-TR\n-qB46 # twice\n"));
	assert_int_equal(table.entries, 2);
	assert_false(client_list_allows(table.block, (const uint8_t *)"-qB4600-123456789012", NOW_S)
	);
	assert_true(client_list_allows(table.block, (const uint8_t *)"-qB4500-123456789012", NOW_S)
	);
	assert_null(table.kept);
}

static bool
denies(enum family family, const char *address)
{
	return networks_deny(table.block, family, (const uint8_t *)address);
}

static void
test_networks(void **state)
{
	(void)state;
	assert_true(
		load(LIST_SOURCES,
		     "10.0.0.0/8\n2001:db8::/32\nallow 10.1.0.0/16\n10.0.0.0/8\n10.2.0.0/16 "
		     "until=999\n")
	);
	assert_int_equal(table.entries, 3);
	assert_true(denies(FAMILY_IPV4, "\x0a\x00\x00\x01"));
	assert_false(denies(FAMILY_IPV4, "\x0a\x01\x00\x01"));
	assert_true(denies(FAMILY_IPV6, "\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\1"));
	assert_null(table.kept); // none has an end any more
	assert_true(load(LIST_SOURCES, "10.0.0.0/8 until=2000\n11.0.0.0/8 until=1500\n"));
	assert_int_equal(table.next_end_s, 1500);
	assert_int_equal(table.kept_count, 2);
}

static void
test_keys(void **state)
{
	(void)state;
	assert_true(load(LIST_KEYS, KEY " until=2000 # somebody\n"));
	assert_int_equal(table.entries, 1);
	assert_int_equal(auth_keys_check(table.block, KEY, NOW_S), AUTH_KEY_GOOD);
	assert_int_equal(auth_keys_check(table.block, KEY, 2000), AUTH_KEY_EXPIRED);
}

// A kind never takes the entries of another one.
static void
test_wrong_kinds(void **state)
{
	(void)state;
	assert_false(load(LIST_ACCESS, KEY));
	assert_false(load(LIST_SOURCES, HASH));
	assert_false(load(LIST_KEYS, HASH));
	assert_false(load(LIST_CLIENTS, HASH));
}

static void
test_wrong_lines(void **state)
{
	static const char text[] = HASH "\nzz\t\x1b\n" HASH "\n" OTHER " until=never\r\n\0\n";

	(void)state;
	assert_false(load_bytes(LIST_ACCESS, text, sizeof(text) - 1, 1000));
	assert_null(table.block);
	assert_int_equal(wrong_count, 3);
	assert_ptr_equal(strstr(told, "/list:2: zz\\x09\\x1b: must be "), told);
	assert_non_null(strstr(told, "\n/list:4: " OTHER " until=never: must "));
	assert_non_null(strstr(told, "\n/list:5: \\x00: must be "));
	assert_string_equal(error.setting, "the.setting");
	assert_ptr_equal(strstr(error.text, "/list:2: zz"), error.text);
	assert_non_null(strstr(error.text, "; 2 more lines are wrong"));
}

// Of secrets only the place is told.
static void
test_wrong_keys(void **state)
{
	(void)state;
	assert_false(load(LIST_KEYS, KEY "secret\n"));
	assert_ptr_equal(strstr(told, "/list:1: must be "), told);
	assert_null(strstr(told, "secret"));
	assert_null(strstr(error.text, "secret"));
}

static void
test_many_wrong_lines(void **state)
{
	char text[2000];
	unsigned lines = 0;

	(void)state;
	for (unsigned i = 0; i < sizeof(text); i++)
		text[i] = i % 2 == 0 ? 'x' : '\n';
	assert_false(load_bytes(LIST_ACCESS, text, sizeof(text), 10));
	assert_int_equal(wrong_count, 1000);
	for (const char *at = told; *at != '\0'; at++)
		lines += *at == '\n';
	assert_int_equal(lines, 10);
}

// Lines of ten megabytes: wrong ones are cut where they are told, comments do no harm.
static void
test_long_lines(void **state)
{
	char *text = malloc(LONG_BYTES);

	(void)state;
	memset(text, 'a', LONG_BYTES);
	for (enum list_kind kind = 0; kind < LIST_COUNT; kind++) {
		assert_false(load_bytes(kind, text, LONG_BYTES, 1000));
		assert_int_equal(wrong_count, 1);
		assert_true(strlen(told) < 500);
	}
	text[0] = '#';
	text[LONG_BYTES - LINE_BYTES] = '\n';
	assert_true(load_bytes(LIST_ACCESS, text, LONG_BYTES, 1000));
	assert_int_equal(table.entries, 1);
	memset(text, '\n', LONG_BYTES);
	assert_true(load_bytes(LIST_ACCESS, text, LONG_BYTES, 1000));
	assert_true(info_hashes_capacity(table.block) < LONG_BYTES / 20);
	free(text);
}

static bool
stops(void *context)
{
	(void)context;
	return false;
}

static void
test_stops(void **state)
{
	char *text = malloc(LINES);

	(void)state;
	memset(text, '\n', LINES);
	goes_on = stops;
	assert_false(load_bytes(LIST_ACCESS, text, LINES, 1000));
	goes_on = NULL;
	assert_null(table.block);
	assert_non_null(strstr(error.text, "Weir stops"));
	free(text);
}

static double
cpu_s(void)
{
	struct timespec now;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

// All of many lines, one less for each that is there twice. WEIR_LIST_LINES: how many; then the rate is told.
static void
test_many_lines(void **state)
{
	const char *wanted = getenv("WEIR_LIST_LINES");
	uint64_t lines = wanted == NULL ? LINES : strtoull(wanted, NULL, 10), seed = 1;
	char *text = malloc(lines * LINE_BYTES + 1);

	(void)state;
	for (uint64_t i = 0; i < lines; i++) {
		for (unsigned d = 0; d < 40; d += 8) {
			seed = seed * 6364136223846793005u + 1442695040888963407u;
			snprintf(
				text + i * LINE_BYTES + d, 9, "%08" PRIx32, (uint32_t)(seed >> 32)
			);
		}
		text[i * LINE_BYTES + 40] = '\n';
	}
	memcpy(text + (lines - 1) * LINE_BYTES, text, LINE_BYTES);
	double start_s = cpu_s();

	assert_true(load_bytes(LIST_ACCESS, text, lines * LINE_BYTES, 1000));
	double took_s = cpu_s() - start_s;

	assert_int_equal(table.entries, lines - 1);
	if (wanted != NULL)
		print_message("%.2f M lines a second\n", (double)lines / took_s / 1e6);
	free(text);
}

static int
forget(void **state)
{
	(void)state;
	list_table_free(&table);
	free(told);
	told = NULL;
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_torrents),
		cmocka_unit_test(test_clients),
		cmocka_unit_test(test_networks),
		cmocka_unit_test(test_keys),
		cmocka_unit_test(test_wrong_kinds),
		cmocka_unit_test(test_wrong_lines),
		cmocka_unit_test(test_wrong_keys),
		cmocka_unit_test(test_many_wrong_lines),
		cmocka_unit_test(test_long_lines),
		cmocka_unit_test(test_stops),
		cmocka_unit_test(test_many_lines),
	};

	return cmocka_run_group_tests(tests, NULL, forget);
}
