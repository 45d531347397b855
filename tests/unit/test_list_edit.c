// SPDX-License-Identifier: BSD-3-Clause
// app/weir/lists/list_edit.h: what an edit does to a text, and what it leaves.

#include "../../app/weir/lists/list_comment.h"
#include "../../app/weir/lists/list_edit.h"
#include "../support/cmocka_wrap.h"

#include <stdlib.h>
#include <string.h>

#define ONE "0000000000000000000000000000000000000001"
#define TWO "0000000000000000000000000000000000000002"
#define TEN "000000000000000000000000000000000000000A"
#define TEN_LOWER "000000000000000000000000000000000000000a"
#define KEY "abcdefghijklmnopqrstuvwxyz012345"

static struct error error;

// Edits a text by one or two entries.
static bool
edit(enum list_kind kind,
     enum list_edit what,
     const char *text,
     const struct list_change *change,
     struct list_edited *edited)
{
	struct list_wrong wrong = {.path = "/list"};

	return list_edit_text(kind, what, change, text, strlen(text), &wrong, edited, &error);
}

static void
assert_edit(
	enum list_kind kind,
	enum list_edit what,
	const char *before,
	const struct list_change *change,
	const char *after,
	unsigned changed
)
{
	struct list_edited edited;

	if (!edit(kind, what, before, change, &edited))
		fail_msg("%s", error.text);
	if (edited.len != strlen(after) || memcmp(edited.text, after, edited.len) != 0)
		fail_msg("not\n%s\nbut\n%.*s", after, (int)edited.len, edited.text);
	assert_int_equal(edited.changed, changed);
	list_edited_free(&edited);
}

static struct list_change
of(const char *const *entries, unsigned count)
{
	return (struct list_change){.entries = entries, .count = count};
}

static void
test_adds(void **state)
{
	const char *const entries[] = {TWO, TEN, TWO};
	struct list_change change = of(entries, 3);

	(void)state;
	assert_edit(LIST_ACCESS, LIST_ADD, "", &change, TWO "\n" TEN_LOWER "\n", 2);
	change.until_s = 1893456000;
	change.comment = "a reason";
	assert_edit(
		LIST_ACCESS,
		LIST_ADD,
		"# head\n\n" ONE " # stays",
		&change,
		"# head\n\n" ONE " # stays\n" TWO
		" until=2030-01-01T00:00:00Z # a reason\n" TEN_LOWER
		" until=2030-01-01T00:00:00Z # a reason\n",
		2
	);
}

// An entry that is there gets another line, in its place; the others of it go.
static void
test_replaces(void **state)
{
	const char *const entries[] = {TEN};
	struct list_change change = of(entries, 1);

	(void)state;
	change.comment = "new";
	assert_edit(
		LIST_ACCESS,
		LIST_ADD,
		"# x\r\n" TEN " # old\n" ONE "\n" TEN_LOWER "\n# y",
		&change,
		"# x\r\n" TEN_LOWER " # new\n" ONE "\n# y",
		1
	);
	assert_edit(
		LIST_ACCESS,
		LIST_ADD,
		TEN_LOWER " # new\n" ONE,
		&change,
		TEN_LOWER " # new\n" ONE,
		0
	);
}

static void
test_removes(void **state)
{
	const char *const entries[] = {TEN, TWO};
	struct list_change change = of(entries, 2);

	(void)state;
	assert_edit(
		LIST_ACCESS,
		LIST_REMOVE,
		TEN "\n# x\n" ONE "\n" TEN_LOWER " until=5",
		&change,
		"# x\n" ONE "\n",
		1
	);
	assert_edit(LIST_ACCESS, LIST_REMOVE, "# x", &change, "# x", 0);
}

// The identity of an entry is that of its kind.
static void
test_kinds(void **state)
{
	const char *const network[] = {"allow 10.0.0.0/8"};
	const char *const client[] = {"-q%20%25B"};
	const char *const key[] = {KEY};
	struct list_change change = of(network, 1);

	(void)state;
	assert_edit(
		LIST_SOURCES,
		LIST_ADD,
		"10.0.0.0/9\n10.0.0.0/8\n::/0\n",
		&change,
		"10.0.0.0/9\nallow 10.0.0.0/8\n::/0\n",
		1
	);
	change.entries = client;
	assert_edit(LIST_CLIENTS, LIST_ADD, "-q\n", &change, "-q\n-q%20%25B\n", 1);
	assert_edit(LIST_CLIENTS, LIST_REMOVE, "-q\n-q%20%25B\n", &change, "-q\n", 1);
	change.entries = key;
	assert_edit(LIST_KEYS, LIST_ADD, "", &change, KEY "\n", 1);
}

static void
assert_refused(
	enum list_kind kind,
	const char *text,
	const struct list_change *change,
	const char *words
)
{
	struct list_edited edited;

	assert_false(edit(kind, LIST_ADD, text, change, &edited));
	if (strstr(error.text, words) == NULL)
		fail_msg("not \"%s\": %s", words, error.text);
}

static void
test_refuses(void **state)
{
	static const char *const wrong[] = {
		"", "x", ONE "\n" TWO, ONE " until=5", ONE " # x", "# " ONE, ONE "\r"};
	const char *const right[] = {ONE};
	char text[LIST_COMMENT_MAX + 2];
	struct list_change change = of(right, 1);

	(void)state;
	change.comment = "two\nlines";
	assert_refused(LIST_ACCESS, "", &change, "one line");
	change.comment = "\x1b[31m";
	assert_refused(LIST_ACCESS, "", &change, "control characters");
	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	change.comment = text;
	assert_refused(LIST_ACCESS, "", &change, "at most 500");
	change.comment = NULL;
	assert_refused(LIST_ACCESS, ONE "\nwrong\n", &change, "/list:2: wrong: must be");
	for (unsigned i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		change.entries = &wrong[i];
		assert_refused(LIST_ACCESS, "", &change, "must be");
	}
	change.count = 0;
	assert_refused(LIST_ACCESS, "", &change, "must be 1 to");
	const char *const secret[] = {KEY "secret"};

	change = of(secret, 1);
	assert_refused(LIST_KEYS, "", &change, "must be");
	assert_null(strstr(error.text, "secret"));
}

static void
test_comments(void **state)
{
	static const char any[] = "a\xc3\xa4\xff\xed\xa0\x80\x01\xe2\x82";
	struct list_line line = {.comment = any, .comment_len = sizeof(any) - 1};
	char text[LIST_COMMENT_TEXT_MAX], *large = malloc(100000);

	(void)state;
	assert_string_equal(list_comment_text(&line, text), "a\xc3\xa4???????");
	memset(large, 'x', 100000);
	line = (struct list_line){.comment = large, .comment_len = 100000};
	assert_int_equal(strlen(list_comment_text(&line, text)), LIST_COMMENT_TEXT_MAX - 1);
	line.comment = NULL;
	assert_null(list_comment_text(&line, text));
	free(large);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_adds),
		cmocka_unit_test(test_replaces),
		cmocka_unit_test(test_removes),
		cmocka_unit_test(test_kinds),
		cmocka_unit_test(test_refuses),
		cmocka_unit_test(test_comments),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
