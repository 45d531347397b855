// SPDX-License-Identifier: BSD-3-Clause
// app/weirctl: commands that change something: their words, options, entries, and what is said of replies.

#include "../../app/weirctl/change_print.h"
#include "../../app/weirctl/entries.h"
#include "../support/cmocka_wrap.h"
#include "../support/temp_fixture.h"
#include "../support/weirctl_words.h"

#include <stdlib.h>
#include <string.h>

#define HASH "0123456789abcdef0123456789abcdef01234567"

// Each row of control_command.def is a command of weirctl, but for help, which is weirctl's own.
static void
test_every_control_command_has_words(void **state)
{
	char words[64];

	(void)state;
	for (unsigned c = 0; c < CONTROL_COUNT; c++) {
		const struct control_command *row = &control_commands[c];
		bool named = control_use(row, CONTROL_MEMBER_entries) == CONTROL_NEEDED;

		if (c == CONTROL_help)
			continue;
		snprintf(words, sizeof(words), "%s%s", row->name, named ? " x" : "");
		for (char *dot = strchr(words, '.'); dot != NULL; dot = NULL)
			*dot = ' ';
		if (!parse(words))
			fail_msg("%s: %s", words, said);
		assert_ptr_equal(line.action, row);
	}
	assert_true(parse("stats"));
	assert_null(line.action);
}

static void
test_entries_and_options(void **state)
{
	(void)state;
	setenv("RUNTIME_DIRECTORY", "/run/x", 1);
	assert_true(parse("ban add 192.0.2.0/24 --for 2h allow --reason abuse -- -x"));
	assert_string_equal(line.action->name, "ban.add");
	assert_int_equal(line.entry_count, 3);
	assert_string_equal(line.entries[0], "192.0.2.0/24");
	assert_string_equal(line.entries[2], "-x");
	assert_int_equal(line.for_s, 7200);
	assert_string_equal(line.reason, "abuse");
	assert_string_equal(line.control_path, "/run/x/dpdk/weir/control");
	assert_true(parse("-s /a/b/dpdk_telemetry.v2 reload"));
	assert_string_equal(line.control_path, "/a/b/control");
	assert_true(parse("-s socket reload"));
	assert_string_equal(line.control_path, "control");
	assert_true(parse("-c /c/d -f other secret rotate --in 10m"));
	assert_string_equal(line.control_path, "/c/d");
	assert_int_equal(line.in_s, 600);
	assert_true(parse("key add"));
	assert_true(parse("access add --file x"));
	assert_true(parse("access list 5 1000 -j") && line.json);
	assert_int_equal(line.word_count, 2);
}

static void
test_mistakes(void **state)
{
	(void)state;
	assert_wrong(
		"access --for 3x frob",
		"weirctl: --for 3x: must be 1 to 1000000000 seconds, such as 90, 15m, 2h or 30d; "
		"see "
		"weirctl --help\n"
		"weirctl: access: unknown action frob: must be add|remove|check|list|reload; see "
		"weirctl --help\n"
	);
	assert_wrong(
		"secret", "weirctl: secret: an action is needed: rotate; see weirctl --help\n"
	);
	assert_wrong(
		"ban remove", "weirctl: ban remove: what to remove is missing; see weirctl --help\n"
	);
	assert_wrong(
		"reload now --in 1h -w2",
		"weirctl: reload: unexpected argument 'now'; see weirctl --help\n"
		"weirctl: --in does not go with reload; see weirctl --help\n"
		"weirctl: --watch does not go with reload; see weirctl --help\n"
	);
	assert_wrong(
		"access list 0 1001 x --for 1h --file f",
		"weirctl: access list: LIMIT must be a whole number from 1 to 1000, not 1001; see "
		"weirctl --help\n"
		"weirctl: access list: unexpected argument 'x'; see weirctl --help\n"
		"weirctl: --for does not go with access list; see weirctl --help\n"
		"weirctl: --file does not go with access list; see weirctl --help\n"
	);
	assert_wrong(
		"stats --for 1h", "weirctl: --for does not go with stats; see weirctl --help\n"
	);
	assert_wrong(
		"secret rotate --in 2m",
		"weirctl: --in 2m: must be 128 to 2592000 seconds, such as 90, 15m, 2h or 30d; see "
		"weirctl --help\n"
	);
}

static void
test_help(void **state)
{
	char text[2048] = "";
	FILE *out = fmemopen(text, sizeof(text), "w");

	(void)state;
	assert_true(parse("help secret"));
	command_line_print_help(&line, out);
	fclose(out);
	assert_string_equal(
		text,
		"usage: weirctl [options] secret ACTION\n\nreplace the secret of connection ids\n"
		"\nActions:\n"
		"  rotate                        stage a new secret of connection ids, while ids "
		"under "
		"the old one stay good\n"
		"\nOptions: see weirctl --help\n"
	);
}

// --- entries --------------------------------------------------------------------------------------

static bool
collect(json_t *entries)
{
	FILE *errors = fmemopen(said, sizeof(said), "w");

	said[0] = '\0';
	bool right = entries_collect(&line, entries, errors);

	fclose(errors);
	return right;
}

static void
test_file_of_entries(void **state)
{
	static const char *const expected[] = {HASH, HASH, HASH};
	char path[TEMP_PATH_MAX], words[TEMP_PATH_MAX + 128];
	json_t *entries = json_array();

	(void)state;
	temp_write(
		&temp,
		"list",
		"# a header\n\n \t" HASH " # a reason # with more\r\n"
		"magnet:?xt=urn:btih:" HASH "&dn=x#y\n"
		"AERUKZ4JVPG66AJDIVTYTK6N54ASGRLH",
		path
	);
	snprintf(words, sizeof(words), "access add --file %s", path);
	assert_true(parse(words));
	assert_true(collect(entries));
	assert_int_equal(json_array_size(entries), 3);
	for (unsigned i = 0; i < 3; i++)
		assert_string_equal(json_string_value(json_array_get(entries, i)), expected[i]);
	json_array_clear(entries);
	temp_write(&temp, "list", HASH "\nnonsense\n\n" HASH " until=5\n", path);
	assert_true(parse(words));
	assert_false(collect(entries));
	snprintf(words, sizeof(words), "weirctl: %s:2: nonsense: must be 40 or 64", path);
	assert_memory_equal(said, words, strlen(words));
	snprintf(words, sizeof(words), "weirctl: %s:4: " HASH " until=5: must be", path);
	assert_non_null(strstr(said, words));
	assert_true(parse("ban add --file /no/such/file"));
	assert_false(collect(entries));
	assert_string_equal(said, "weirctl: /no/such/file: No such file or directory\n");
	json_decref(entries);
}

// --- replies --------------------------------------------------------------------------------------

static void
assert_printed(
	enum control_command_number command,
	const char *reply,
	size_t asked,
	const char *expected
)
{
	json_t *object = json_loads(reply, 0, NULL);
	FILE *out = fmemopen(said, sizeof(said), "w");

	assert_non_null(object);
	memset(said, 0, sizeof(said));
	change_print(&control_commands[command], object, asked, out);
	fclose(out);
	json_decref(object);
	assert_string_equal(said, expected);
}

static void
test_replies(void **state)
{
	(void)state;
	assert_printed(CONTROL_access_add, "{\"changed\":3}", 3, "3 torrents added\n");
	assert_printed(
		CONTROL_ban_add, "{\"changed\":1}", 3, "1 network added; 2 in the list before\n"
	);
	assert_printed(
		CONTROL_key_remove, "{\"changed\":0}", 1, "0 keys removed; 1 not in the list\n"
	);
	assert_printed(CONTROL_key_add, "{\"changed\":1,\"key\":\"Abc\"}", 0, "Abc\n");
	assert_printed(CONTROL_client_reload, "{\"entries\":1}", 0, "1 client program in force\n");
	assert_printed(
		CONTROL_snapshot,
		"{\"torrents\":1234,\"peers\":5,\"bytes\":2048,\"ms\":3}",
		0,
		"a snapshot of 1,234 torrents and 5 peers, 2.00 KiB, took 3.00 ms\n"
	);
	assert_printed(CONTROL_reload, "{\"lines\":[\"a\\u001b\",\"b\"]}", 0, "a?\nb\n");
	assert_printed(
		CONTROL_access_check,
		"{\"results\":[{\"entry\":\"x\",\"listed\":true,\"allowed\":false,\"reason\":\"r\"}"
		"]}",
		1,
		"torrent  in the list  served  reason\n"
		"x        yes          no      r\n"
	);
	assert_printed(
		CONTROL_ban_list,
		"{\"total\":12345,\"entries\":[{\"entry\":\"192.0.2.0/24\"}]}",
		0,
		"network\n192.0.2.0/24\n\n1 of 12,345 networks\n"
	);
}

// Nothing is carried out in silence.
static void
test_every_reply_is_told(void **state)
{
	json_t *reply = json_loads("{\"changed\":1,\"entries\":1,\"lines\":[\"x\"]}", 0, NULL);

	(void)state;
	for (unsigned c = 0; c < CONTROL_COUNT; c++) {
		FILE *out = fmemopen(said, sizeof(said), "w");

		memset(said, 0, sizeof(said));
		change_print(&control_commands[c], reply, 1, out);
		fclose(out);
		if ((*said == '\0') != (c == CONTROL_help))
			fail_msg("%s: \"%s\"", control_commands[c].name, said);
	}
	json_decref(reply);
}

// A Weir of another version, or no Weir at all.
static void
test_foreign_replies(void **state)
{
	static const char *const replies[] = {
		"{}",
		"{\"changed\":\"x\",\"key\":7,\"results\":{},\"entries\":[7,null,\"x\"],\"total\":-"
		"1,"
		"\"lines\":[{},null],\"from\":\"now\"}",
		("{\"results\":[7,null,{\"entry\":[],\"until\":\"x\"}],\"entries\":\"x\","
		 "\"lines\":5}"),
	};

	(void)state;
	for (unsigned c = 0; c < CONTROL_COUNT; c++)
		for (unsigned i = 0; i < sizeof(replies) / sizeof(*replies); i++) {
			json_t *object = json_loads(replies[i], 0, NULL);
			FILE *out = fmemopen(said, sizeof(said), "w");

			assert_non_null(object);
			change_print(&control_commands[c], object, 1, out);
			change_print_errors(object, out);
			fclose(out);
			json_decref(object);
		}
}

static void
assert_errors(const char *reply, const char *expected)
{
	json_t *object = json_loads(reply, 0, NULL);
	FILE *out = fmemopen(said, sizeof(said), "w");

	memset(said, 0, sizeof(said));
	change_print_errors(object, out);
	fclose(out);
	json_decref(object);
	assert_string_equal(said, expected);
}

static void
test_errors(void **state)
{
	(void)state;
	assert_errors("{\"error\":\"a\",\"errors\":[\"a\",\"b\"]}", "weirctl: a\nweirctl: b\n");
	assert_errors("{\"error\":\"sum\",\"errors\":[\"a\"]}", "weirctl: a\nweirctl: sum\n");
	assert_errors("{\"error\":\"a\"}", "weirctl: a\n");
	assert_errors("{}", "weirctl: Weir refuses, without a reason\n");
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_control_command_has_words),
		cmocka_unit_test(test_entries_and_options),
		cmocka_unit_test(test_mistakes),
		cmocka_unit_test(test_help),
		cmocka_unit_test(test_file_of_entries),
		cmocka_unit_test(test_replies),
		cmocka_unit_test(test_every_reply_is_told),
		cmocka_unit_test(test_foreign_replies),
		cmocka_unit_test(test_errors),
	};

	return cmocka_run_group_tests(tests, temp_setup, temp_teardown);
}
