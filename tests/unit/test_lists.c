// SPDX-License-Identifier: BSD-3-Clause
// app/weir/lists/lists.h: lists follow the configuration and their files, and edits.

#include "../../app/common/monotonic.h"
#include "../support/lists_fixture.h"

#include <rte_common.h>

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define ONE "0000000000000000000000000000000000000001"
#define TWO "0000000000000000000000000000000000000002"
#define TEN "000000000000000000000000000000000000000a"
#define KEY "abcdefghijklmnopqrstuvwxyz012345"

static struct error error;

static void
test_off(void **state)
{
	const char *const one[] = {ONE};
	const struct list_change change = {.entries = one, .count = 1};
	unsigned changed;

	(void)state;
	lists_begin("");
	for (enum list_kind kind = 0; kind < LIST_COUNT; kind++) {
		struct list_info info = lists_info_of(kind);

		assert_string_equal(info.name, list_kinds[kind].name);
		assert_string_equal(info.mode, "off");
		assert_false(info.failing);
	}
	assert_null(weir.access);
	assert_null(weir.denied_sources);
	assert_false(lists_edit(&weir, LIST_ACCESS, LIST_ADD, &change, &changed, &error));
	assert_non_null(strstr(error.text, "access.file is not set"));
	lists_finish();
}

static void
test_all(void **state)
{
	(void)state;
	lists_write(LIST_ACCESS, ONE "\n" TWO "\n");
	lists_write(LIST_CLIENTS, "-XX\n");
	lists_write(LIST_SOURCES, "10.0.0.0/8\n");
	lists_write(LIST_KEYS, KEY "\n");
	lists_begin(ALL_DENY);
	assert_int_equal(weir.access->mode, ACCESS_DENY);
	assert_int_equal(weir.access->version, 1);
	assert_int_equal(lists_info_of(LIST_ACCESS).entries, 2);
	assert_string_equal(lists_info_of(LIST_ACCESS).mode, "deny");
	assert_string_equal(lists_info_of(LIST_KEYS).mode, "required");
	assert_false(client_list_allows(weir.clients, (const uint8_t *)"-XX4567890123456789", 0));
	assert_true(networks_deny(weir.denied_sources, FAMILY_IPV4, (const uint8_t *)"\x0a\0\0"));
	assert_int_equal(auth_keys_check(weir.auth_keys, KEY, 0), AUTH_KEY_GOOD);
	lists_finish();
	assert_null(weir.access);
}

// At a start every mistake ends it.
static void
test_start_fails(void **state)
{
	(void)state;
	lists_write(LIST_ACCESS, "wrong\n");
	assert_false(lists_try_begin(ACCESS_SETTINGS("deny"), &error));
	assert_string_equal(error.setting, "access.file");
	assert_non_null(strstr(error.text, "list:1: wrong: must be"));
	unlink(lists_path(LIST_ACCESS));
	assert_false(lists_try_begin(ACCESS_SETTINGS("deny"), &error));
	assert_non_null(strstr(error.text, "make an empty one"));
}

static void
test_follows(void **state)
{
	(void)state;
	lists_write(LIST_ACCESS, ONE "\n");
	lists_begin(ACCESS_SETTINGS("deny"));
	lists_write(LIST_ACCESS, ONE "\n" TWO "\n");
	lists_reconfigure(ACCESS_SETTINGS("deny"));
	lists_wait(LIST_ACCESS, "deny", 2, false);
	assert_int_equal(weir.access->version, 2);
	lists_write(LIST_ACCESS, ONE "\nwrong\n");
	lists_reconfigure(ACCESS_SETTINGS("allow"));
	lists_wait(LIST_ACCESS, "deny", 2, true); // the one before
	assert_non_null(strstr(lists_info_of(LIST_ACCESS).error, ":2: wrong: must be"));
	assert_true(health_reported(&weir.health, HEALTH_list_failing));
	lists_write(LIST_ACCESS, TEN "\n");
	lists_reconfigure(ACCESS_SETTINGS("allow"));
	lists_wait(LIST_ACCESS, "allow", 1, false);
	assert_false(health_reported(&weir.health, HEALTH_list_failing));
	lists_reconfigure("");
	lists_wait(LIST_ACCESS, "off", 0, false);
	assert_null(weir.access);
	lists_finish();
}

// Another mode of the same file is another object with the same set.
static void
test_other_mode(void **state)
{
	const struct timespec past[2] = {{.tv_sec = 1000}, {.tv_sec = 1000}};

	(void)state;
	lists_write(LIST_ACCESS, ONE "\n");
	assert_int_equal(utimensat(AT_FDCWD, lists_path(LIST_ACCESS), past, 0), 0);
	lists_begin(ACCESS_SETTINGS("deny"));
	const struct info_hashes *hashes = weir.access->hashes;

	lists_reconfigure(ACCESS_SETTINGS("allow"));
	lists_wait(LIST_ACCESS, "allow", 1, false);
	assert_ptr_equal(weir.access->hashes, hashes);
	assert_int_equal(weir.access->mode, ACCESS_ALLOW);
	assert_int_equal(weir.access->version, 2);
	// A damaged file that goes again leaves nothing to load, and no failure.
	char aside[TEMP_PATH_MAX];

	temp_path(&temp, "aside", aside);
	assert_int_equal(rename(lists_path(LIST_ACCESS), aside), 0);
	lists_reconfigure(ACCESS_SETTINGS("allow"));
	lists_wait(LIST_ACCESS, "allow", 1, true);
	assert_int_equal(rename(aside, lists_path(LIST_ACCESS)), 0);
	lists_reconfigure(ACCESS_SETTINGS("allow"));
	lists_wait(LIST_ACCESS, "allow", 1, false);
	assert_ptr_equal(weir.access->hashes, hashes);
	lists_finish();
}

static unsigned
edit(enum list_kind kind, enum list_edit what, const char *entry, uint32_t until_s)
{
	const struct list_change change = {.entries = &entry, .count = 1, .until_s = until_s};
	unsigned changed = UINT_MAX;

	if (!lists_edit(&weir, kind, what, &change, &changed, &error))
		fail_msg("%s", error.text);
	return changed;
}

static void
test_edits(void **state)
{
	(void)state;
	lists_write(LIST_ACCESS, "# head\n" ONE "\n");
	lists_write(LIST_CLIENTS, "");
	lists_write(LIST_SOURCES, "10.0.0.0/8\n");
	lists_write(LIST_KEYS, "");
	lists_begin(ALL_DENY);
	assert_int_equal(edit(LIST_ACCESS, LIST_ADD, TWO, 0), 1);
	assert_int_equal(edit(LIST_ACCESS, LIST_ADD, TWO, 0), 0);
	assert_int_equal(edit(LIST_ACCESS, LIST_REMOVE, ONE, 0), 1);
	assert_int_equal(weir.access->version, 3);
	assert_int_equal(info_hashes_count(weir.access->hashes), 1);
	lists_assert_file(LIST_ACCESS, "# head\n" TWO "\n");
	assert_int_equal(edit(LIST_SOURCES, LIST_ADD, "allow 10.1.0.0/16", 0), 1);
	assert_false(networks_deny(weir.denied_sources, FAMILY_IPV4, (const uint8_t *)"\x0a\x01\0")
	);
	assert_int_equal(edit(LIST_CLIENTS, LIST_ADD, "-XX", 0), 1);
	assert_int_equal(client_list_count(weir.clients), 1);
	assert_int_equal(edit(LIST_KEYS, LIST_ADD, KEY, 0), 1);
	assert_int_equal(edit(LIST_KEYS, LIST_REMOVE, KEY, 0), 1);
	assert_int_equal(auth_keys_check(weir.auth_keys, KEY, 0), AUTH_KEY_UNKNOWN);
	lists_finish();
}

// Edits of a large list. WEIR_LIST_LINES: of how many entries; then their duration is told.
static void
test_many_edits(void **state)
{
	const char *wanted = getenv("WEIR_LIST_LINES");
	unsigned long lines = wanted == NULL ? 1000 : strtoul(wanted, NULL, 10);
	uint64_t start_ms, longest_ms = 0;
	char entry[41];

	(void)state;
	lists_write(LIST_ACCESS, "");
	FILE *file = fopen(lists_path(LIST_ACCESS), "w");

	assert_non_null(file);
	for (unsigned long i = 0; i < lines; i++)
		fprintf(file, "%08lx%032lx\n", i * 2654435761 & UINT32_MAX, i);
	fclose(file);
	lists_begin(ACCESS_SETTINGS("deny"));
	for (unsigned i = 0; i < 100; i++) {
		snprintf(entry, sizeof(entry), "%040x", i / 2 + 1);
		start_ms = monotonic_ms();
		assert_int_equal(edit(LIST_ACCESS, i % 2 ? LIST_REMOVE : LIST_ADD, entry, 0), 1);
		longest_ms = RTE_MAX(longest_ms, monotonic_ms() - start_ms);
		assert_int_equal(info_hashes_count(weir.access->hashes), lines + 1 - i % 2);
	}
	if (wanted != NULL)
		print_message("longest edit: %lu ms\n", (unsigned long)longest_ms);
	lists_finish();
}

// A set that is full gets larger.
static void
test_edits_grow(void **state)
{
	static char texts[5000][41];
	static const char *entries[5000];
	const struct list_change change = {.entries = entries, .count = 5000};
	unsigned changed;

	(void)state;
	for (unsigned i = 0; i < 5000; i++) {
		snprintf(texts[i], sizeof(texts[i]), "%040x", i);
		entries[i] = texts[i];
	}
	lists_write(LIST_ACCESS, "");
	lists_begin(ACCESS_SETTINGS("allow"));
	assert_true(info_hashes_capacity(weir.access->hashes) < 5000);
	assert_true(lists_edit(&weir, LIST_ACCESS, LIST_ADD, &change, &changed, &error));
	assert_int_equal(changed, 5000);
	assert_int_equal(info_hashes_count(weir.access->hashes), 5000);
	lists_finish();
}

// What somebody wrote since the last load is part of what the next edit puts in force.
static void
test_edits_a_changed_file(void **state)
{
	const char *ten = TEN;
	const struct list_change change = {.entries = &ten, .count = 1};
	unsigned changed;

	(void)state;
	lists_write(LIST_ACCESS, ONE "\n");
	lists_begin(ACCESS_SETTINGS("deny"));
	lists_write(LIST_ACCESS, ONE "\n" TWO "\n");
	assert_int_equal(edit(LIST_ACCESS, LIST_ADD, TEN, 0), 1);
	assert_int_equal(info_hashes_count(weir.access->hashes), 3);
	lists_write(LIST_ACCESS, ONE "\nwrong\n");
	assert_false(lists_edit(&weir, LIST_ACCESS, LIST_REMOVE, &change, &changed, &error));
	assert_non_null(strstr(error.text, ":2: wrong"));
	assert_int_equal(info_hashes_count(weir.access->hashes), 3);
	lists_assert_file(LIST_ACCESS, ONE "\nwrong\n");
	lists_finish();
}

// The file of a list that is off can be prepared.
static void
test_edits_when_off(void **state)
{
	(void)state;
	lists_write(LIST_ACCESS, "");
	lists_begin(ACCESS_SETTINGS("off"));
	assert_int_equal(edit(LIST_ACCESS, LIST_ADD, ONE, 0), 1);
	lists_assert_file(LIST_ACCESS, ONE "\n");
	assert_null(weir.access);
	lists_finish();
}

static void
test_reloads(void **state)
{
	char *lines;
	size_t size;
	uint64_t entries;
	FILE *errors = open_memstream(&lines, &size);

	(void)state;
	lists_write(LIST_ACCESS, ONE "\n");
	lists_begin(ACCESS_SETTINGS("deny"));
	lists_write(LIST_ACCESS, ONE "\n" TWO "\n" TEN "\n");
	assert_true(lists_reload(&weir, LIST_ACCESS, &entries, errors));
	assert_int_equal(entries, 3);
	lists_write(LIST_ACCESS, "a\nb\n");
	assert_false(lists_reload(&weir, LIST_ACCESS, &entries, errors));
	assert_int_equal(entries, 3);
	fclose(errors);
	assert_non_null(strstr(lines, ":1: a: must"));
	assert_non_null(strstr(lines, ":2: b: must"));
	free(lines);
	lists_finish();
}

// A network that ends is served within seconds; a torrent that ends in a list of allowed ones makes another
// version, but not in a list of denied ones.
static void
test_ends(void **state)
{
	(void)state;
	lists_write(LIST_ACCESS, ONE " until=1010\n" TWO "\n");
	lists_write(LIST_SOURCES, "10.0.0.0/8 until=1010\n11.0.0.0/8 until=2000\n");
	lists_set_time(1000);
	lists_begin(ALL_DENY);
	assert_int_equal(networks_count(weir.denied_sources), 2);
	lists_set_time(1010);
	lists_wait(LIST_SOURCES, "deny", 1, false);
	assert_int_equal(networks_count(weir.denied_sources), 1);
	assert_int_equal(weir.access->version, 1);
	lists_finish();
	lists_set_time(1000);
	lists_begin(ACCESS_SETTINGS("allow"));
	lists_set_time(1010);
	lists_wait_version(2);
	lists_finish();
	lists_set_time(0);
}

// The rows of the last call, as text.
static char rows[4096];

static void
note_row(void *context, const struct list_row *row)
{
	char *end = rows + strlen(rows);

	(void)context;
	snprintf(
		end,
		(size_t)(rows + sizeof(rows) - end),
		"%s listed=%d allowed=%d until=%u %s\n",
		row->entry,
		row->listed,
		row->allowed,
		row->until_s,
		row->comment == NULL ? "-" : row->comment
	);
}

static void
test_check(void **state)
{
	const char *const torrents[] = {TWO, ONE, TEN};
	const char *const networks[] = {"10.1.2.3", "10.0.0.0/8", "11.0.0.1/32"};

	(void)state;
	lists_write(LIST_ACCESS, ONE " until=2000 # why\n" TEN " until=900\n");
	lists_write(LIST_SOURCES, "10.0.0.0/8 # bad\n");
	lists_set_time(1000);
	lists_begin(ALL_DENY);
	*rows = '\0';
	assert_true(lists_check(&weir, LIST_ACCESS, torrents, 3, note_row, NULL, &error));
	assert_string_equal(
		rows,
		ONE " listed=1 allowed=0 until=2000 why\n" TWO " listed=0 allowed=1 until=0 -\n" TEN
		    " listed=0 allowed=1 until=900 -\n"
	);
	*rows = '\0';
	assert_true(lists_check(&weir, LIST_SOURCES, networks, 3, note_row, NULL, &error));
	assert_string_equal(
		rows,
		"10.0.0.0/8 listed=1 allowed=0 until=0 bad\n10.1.2.3/32 listed=0 allowed=0 until=0 "
		"-\n11.0.0.1/32 listed=0 allowed=1 until=0 -\n"
	);
	lists_finish();
	lists_set_time(0);
}

static void
test_rows(void **state)
{
	uint64_t total;

	(void)state;
	lists_write(LIST_ACCESS, "# head\n" ONE "\n" TWO " # why\nwrong\n" TEN "\n");
	lists_begin(ACCESS_SETTINGS("off"));
	*rows = '\0';
	assert_true(lists_rows(&weir, LIST_ACCESS, 1, 1, note_row, NULL, &total, &error));
	assert_int_equal(total, 3);
	assert_string_equal(rows, TWO " listed=1 allowed=1 until=0 why\n");
	lists_finish();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_off),
		cmocka_unit_test(test_all),
		cmocka_unit_test(test_start_fails),
		cmocka_unit_test(test_follows),
		cmocka_unit_test(test_other_mode),
		cmocka_unit_test(test_edits),
		cmocka_unit_test(test_many_edits),
		cmocka_unit_test(test_edits_grow),
		cmocka_unit_test(test_edits_a_changed_file),
		cmocka_unit_test(test_edits_when_off),
		cmocka_unit_test(test_reloads),
		cmocka_unit_test(test_ends),
		cmocka_unit_test(test_check),
		cmocka_unit_test(test_rows),
	};

	lists_block_signals();
	return cmocka_run_group_tests(tests, temp_setup, temp_teardown);
}
