// SPDX-License-Identifier: BSD-3-Clause
// app/weir/lists/lists.h: edits of several threads, loads and readers at the same time. No edit is lost, and a
// reader finds a whole list.

#include "../support/lists_fixture.h"

#include <pthread.h>
#include <string.h>

enum { EDITORS = 3, EDITS = 25, RELOADS = 20 };

#define ALWAYS "ffffffffffffffffffffffffffffffffffffffff"

static bool done;

// Adds entries of its own, and removes every other one again.
static void *
edit(void *argument)
{
	unsigned number = *(const unsigned *)argument, changed;
	struct error error;

	for (unsigned i = 0; i < EDITS; i++) {
		char text[41];
		const char *entry = text;
		const struct list_change change = {
			.entries = &entry, .count = 1, .comment = "by a thread"};

		snprintf(text, sizeof(text), "%02x%038x", number, i);
		for (enum list_edit what = LIST_ADD; what <= (i % 2 ? LIST_REMOVE : LIST_ADD);
		     what++) {
			if (!lists_edit(&weir, LIST_ACCESS, what, &change, &changed, &error))
				fail_msg("%s", error.text);
			assert_int_equal(changed, 1);
		}
	}
	return NULL;
}

static void *
reload(void *argument)
{
	uint64_t entries;

	(void)argument;
	for (unsigned i = 0; i < RELOADS; i++)
		assert_true(lists_reload(&weir, LIST_ACCESS, &entries, stderr));
	return NULL;
}

// As an lcore does; here as a guest.
static void *
look(void *argument)
{
	static const uint8_t always[20] = {255, 255, 255, 255, 255, 255, 255, 255, 255, 255,
					   255, 255, 255, 255, 255, 255, 255, 255, 255, 255};
	uint32_t version = 0;

	(void)argument;
	while (!__atomic_load_n(&done, __ATOMIC_RELAXED)) {
		unsigned place = publisher_enter(&weir.publisher);
		const struct access_list *list = publisher_read(&weir.access);

		assert_false(access_list_allows(list, always, 0));
		assert_true(list->version >= version);
		version = list->version;
		publisher_exit(&weir.publisher, place);
	}
	return NULL;
}

static void
count_row(void *context, const struct list_row *row)
{
	assert_string_equal(row->comment, "by a thread");
	++*(unsigned *)context;
}

static void
test_edits_against_loads(void **state)
{
	pthread_t editors[EDITORS], reloader, reader;
	unsigned numbers[EDITORS], rows = 0;
	struct error error;
	uint64_t total;

	(void)state;
	lists_write(LIST_ACCESS, ALWAYS "\n");
	lists_begin(ACCESS_SETTINGS("deny"));
	assert_int_equal(pthread_create(&reader, NULL, look, NULL), 0);
	assert_int_equal(pthread_create(&reloader, NULL, reload, NULL), 0);
	for (unsigned i = 0; i < EDITORS; i++) {
		numbers[i] = i;
		assert_int_equal(pthread_create(&editors[i], NULL, edit, &numbers[i]), 0);
	}
	for (unsigned i = 0; i < EDITORS; i++)
		pthread_join(editors[i], NULL);
	pthread_join(reloader, NULL);
	__atomic_store_n(&done, true, __ATOMIC_RELAXED);
	pthread_join(reader, NULL);
	const unsigned left = EDITORS * (EDITS / 2 + 1);

	assert_true(lists_rows(&weir, LIST_ACCESS, 1, 1000, count_row, &rows, &total, &error));
	assert_int_equal(rows, left);
	assert_int_equal(total, left + 1);
	assert_int_equal(lists_info_of(LIST_ACCESS).entries, left + 1);
	lists_finish();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_edits_against_loads),
	};

	lists_block_signals();
	return cmocka_run_group_tests(tests, temp_setup, temp_teardown);
}
