// SPDX-License-Identifier: BSD-3-Clause
// app/weirctl: the table of commands, what their arguments must be, and all mistakes at once.

#include "../../lib/stats/latency.h"
#include "../support/cmocka_wrap.h"
#include "../support/weirctl_words.h"

#include <stdlib.h>
#include <string.h>

#define HASH "0123456789abcdefABCDEF0123456789abcdef01"
#define HASH_LOWER "0123456789abcdefabcdef0123456789abcdef01"

static void
test_every_telemetry_command_has_a_command(void **state)
{
	(void)state;
	for (unsigned t = TELEMETRY_COMMAND_NONE + 1; t < TELEMETRY_COMMAND_COUNT; t++) {
		unsigned found = 0;

		for (unsigned c = 0; c < COMMAND_COUNT; c++)
			found += commands[c].telemetry == t;
		assert_int_equal(found, 1);
	}
}

static void
test_choices_are_those_of_the_tables(void **state)
{
	char choices[256] = "";

	(void)state;
	for (unsigned f = 0; f < FAMILY_COUNT; f++)
		snprintf(choices + strlen(choices), 64, "%s%s", f > 0 ? "|" : "", family_names[f]);
	assert_string_equal(arguments[ARGUMENT_FAMILY].argument, choices);
	choices[0] = '\0';
	for (unsigned k = 0; k < LATENCY_COUNT; k++)
		snprintf(
			choices + strlen(choices),
			64,
			"%s%s",
			k > 0 ? "|" : "",
			latency_infos[k].name
		);
	assert_string_equal(arguments[ARGUMENT_KIND].argument, choices);
}

static void
test_words_of_arguments(void **state)
{
	const struct option_row *list[ARGUMENTS_MAX];
	unsigned needed;

	(void)state;
	assert_int_equal(argument_list("", list, &needed), 0);
	assert_int_equal(needed, 0);
	assert_int_equal(argument_list("HASH", list, &needed), 1);
	assert_int_equal(needed, 1);
	assert_int_equal(argument_list("HASH [OFFSET [LIMIT]]", list, &needed), 3);
	assert_int_equal(needed, 1);
	assert_string_equal(list[2]->name, "LIMIT");
	assert_int_equal(argument_list("[N]", list, &needed), 1);
	assert_int_equal(needed, 0);
}

static void
test_arguments_are_checked(void **state)
{
	static const struct {
		enum argument_number argument;
		const char *text;
		bool right;
	} cases[] = {
		{ARGUMENT_HASH, HASH, true},
		{ARGUMENT_HASH, HASH "0", false},
		{ARGUMENT_HASH, "0123456789abcdef0123456789abcdef0123456", false},
		{ARGUMENT_HASH, "0123456789abcdef0123456789abcdef0123456g", false},
		{ARGUMENT_HASH, "", false},
		{ARGUMENT_OFFSET, "0", true},
		{ARGUMENT_OFFSET, "4294967295", true},
		{ARGUMENT_OFFSET, "4294967296", false},
		{ARGUMENT_OFFSET, "99999999999999999999", false},
		{ARGUMENT_OFFSET, "-1", false},
		{ARGUMENT_OFFSET, "+1", false},
		{ARGUMENT_OFFSET, " 1", false},
		{ARGUMENT_OFFSET, "1x", false},
		{ARGUMENT_OFFSET, "0x10", false},
		{ARGUMENT_LIMIT, "0", false},
		{ARGUMENT_LIMIT, "100000", true},
		{ARGUMENT_LIMIT, "100001", false},
		{ARGUMENT_N, "100", true},
		{ARGUMENT_N, "101", false},
		{ARGUMENT_FAMILY, "ipv6", true},
		{ARGUMENT_FAMILY, "ipv", false},
		{ARGUMENT_FAMILY, "ipv4|ipv6", false},
		{ARGUMENT_FAMILY, "", false},
		{ARGUMENT_KIND, "other", true},
		{ARGUMENT_KIND, "Connect", false},
	};

	(void)state;
	for (unsigned i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		if (argument_is_right(&arguments[cases[i].argument], cases[i].text)
		    != cases[i].right)
			fail_msg("%s %s", arguments[cases[i].argument].name, cases[i].text);
}

static void
test_seconds(void **state)
{
	static const char *const wrong[] = {"0", "0.09", "3600.1", "1e2", "nan", "1.2.3", "-1", ""};

	(void)state;
	assert_true(parse("--watch=0.1 info") && line.watch_s == 0.1);
	assert_true(parse("--watch=3600 info") && line.watch_s == 3600);
	for (unsigned i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
		char words[32];

		snprintf(words, sizeof(words), "--watch=%s info", wrong[i]);
		assert_false(parse(words));
	}
}

static void
test_a_plain_command(void **state)
{
	(void)state;
	setenv("RUNTIME_DIRECTORY", "/run/x", 1);
	assert_true(parse("stats"));
	assert_ptr_equal(line.command, &commands[COMMAND_stats]);
	assert_string_equal(line.path, "/run/x/dpdk/weir/dpdk_telemetry.v2");
	assert_false(line.json);
	assert_true(line.watch_s == 0);
	assert_int_equal(line.word_count, 0);
}

static void
test_options_stand_anywhere(void **state)
{
	(void)state;
	assert_true(parse("peers -j " HASH " 32 -s /tmp/s 64 --all"));
	assert_ptr_equal(line.command, &commands[COMMAND_peers]);
	assert_int_equal(line.word_count, 3);
	assert_string_equal(line.words[0], HASH_LOWER);
	assert_string_equal(line.words[2], "64");
	assert_string_equal(line.path, "/tmp/s");
	assert_true(line.json && line.all);
}

static void
test_a_hash_may_be_a_magnet_link(void **state)
{
	(void)state;
	assert_true(parse("torrent magnet:?xt=urn:btih:" HASH "&dn=x"));
	assert_string_equal(line.words[0], HASH_LOWER);
	assert_true(parse("peers AERUKZ4JVPG66AJDIVTYTK6N54ASGRLH 32 64"));
	assert_string_equal(line.words[0], "0123456789abcdef0123456789abcdef01234567");
	assert_string_equal(line.words[1], "32");
	assert_wrong(
		"torrent magnet:?dn=x",
		"weirctl: torrent: HASH must be " INFO_HASH_FORMS
		", not magnet:?dn=x; see weirctl --help\n"
	);
}

static void
test_watch_takes_a_number_where_there_is_one(void **state)
{
	(void)state;
	assert_true(parse("-w stats") && line.watch_s == 1);
	assert_true(parse("-w 2 stats") && line.watch_s == 2);
	assert_true(parse("stats --watch") && line.watch_s == 1);
	assert_true(parse("stats --watch 0.5") && line.watch_s == 0.5);
	assert_true(parse("--watch=3 stats") && line.watch_s == 3);
	assert_true(parse("-w4 stats") && line.watch_s == 4);
	assert_true(parse("top") && line.watch_s == 1);
	assert_true(parse("top -w 5") && line.watch_s == 5);
	assert_true(parse("-w torrent " HASH) && line.watch_s == 1);
	assert_wrong(
		"--watch=0 stats",
		"weirctl: --watch 0: must be a number from 0.1 to 3600; see weirctl --help\n"
	);
}

static void
test_help_and_version_need_no_command(void **state)
{
	(void)state;
	assert_true(parse("--help") && line.help);
	assert_true(parse("-h") && line.help);
	assert_true(parse("--version") && line.version);
}

static void
test_help_of_one_command(void **state)
{
	static const char *const ways[] = {
		"help peers", "peers --help", "--help peers", "-h peers"};
	char text[1024] = "";

	(void)state;
	for (unsigned i = 0; i < sizeof(ways) / sizeof(*ways); i++) {
		assert_true(parse(ways[i]) && line.help);
		assert_ptr_equal(line.command, &commands[COMMAND_peers]);
	}
	assert_true(parse("help") && line.help);
	assert_null(line.command);
	assert_wrong("pears --help", "weirctl: unknown command pears; see weirctl --help\n");
	assert_false(parse("help pears"));
	assert_non_null(strstr(said, "weirctl: help: COMMAND must be one of info|stats|"));
	assert_non_null(strstr(said, "|top|help, not pears; see weirctl --help\n"));
	FILE *out = fmemopen(text, sizeof(text), "w");

	assert_true(parse("help peers"));
	command_line_print_help(&line, out);
	fclose(out);
	assert_string_equal(
		text,
		"usage: weirctl [options] peers HASH [OFFSET [LIMIT]]\n\npeers of a torrent\n"
		"\nArguments:\n"
		"  HASH                          " INFO_HASH_FORMS "\n"
		"  OFFSET                        a whole number from 0 to 4294967295\n"
		"  LIMIT                         a whole number from 1 to 100000\n"
		"\nOptions: see weirctl --help\n"
	);
}

static void
test_mistakes_are_told_all_at_once(void **state)
{
	(void)state;
	assert_wrong(
		"--nonsense -s /a -f b peers 12 x 0 more -w7777",
		"weirctl: unknown option --nonsense; see weirctl --help\n"
		"weirctl: --watch 7777: must be a number from 0.1 to 3600; see weirctl --help\n"
		"weirctl: --file-prefix and --socket exclude each other; see weirctl --help\n"
		"weirctl: peers: HASH must be " INFO_HASH_FORMS ", not 12; see weirctl --help\n"
		"weirctl: peers: OFFSET must be a whole number from 0 to 4294967295, not x; see "
		"weirctl --help\n"
		"weirctl: peers: LIMIT must be a whole number from 1 to 100000, not 0; see weirctl "
		"--help\n"
		"weirctl: peers: unexpected argument 'more'; see weirctl --help\n"
	);
	assert_wrong(
		"torrent",
		"weirctl: torrent: HASH is missing: " INFO_HASH_FORMS "; see weirctl --help\n"
	);
	assert_wrong("info now", "weirctl: info: unexpected argument 'now'; see weirctl --help\n");
	assert_wrong(
		"stats -f",
		"weirctl: option --file-prefix requires an argument; see weirctl --help\n"
	);
	assert_wrong(
		"-f a/b info",
		"weirctl: --file-prefix a/b: must be a name without /; see weirctl --help\n"
	);
	assert_wrong(
		"top -j", "weirctl: --json does not go with the command top; see weirctl --help\n"
	);
}

static void
test_a_path_too_long(void **state)
{
	char words[300];

	(void)state;
	snprintf(words, sizeof(words), "-s %0*d info", TELEMETRY_PATH_MAX, 0);
	assert_false(parse(words));
	assert_non_null(strstr(said, ": must be a path of at most 107 bytes; see weirctl --help\n")
	);
	snprintf(words, sizeof(words), "-f %0*d info", TELEMETRY_PATH_MAX, 0);
	assert_false(parse(words));
	assert_non_null(strstr(
		said, ": the path of the socket has more than 107 bytes; see weirctl --help\n"
	));
}

static void
test_an_unknown_command_says_what_there_is(void **state)
{
	(void)state;
	assert_false(parse("stat"));
	assert_non_null(strstr(said, "weirctl: unknown command stat: must be one of info|stats|"));
	for (unsigned c = 0; c < COMMAND_COUNT; c++)
		assert_non_null(strstr(said, commands[c].name));
	assert_false(parse(""));
	assert_non_null(strstr(said, "weirctl: a command is needed: one of info|stats|"));
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_telemetry_command_has_a_command),
		cmocka_unit_test(test_choices_are_those_of_the_tables),
		cmocka_unit_test(test_words_of_arguments),
		cmocka_unit_test(test_arguments_are_checked),
		cmocka_unit_test(test_seconds),
		cmocka_unit_test(test_a_plain_command),
		cmocka_unit_test(test_options_stand_anywhere),
		cmocka_unit_test(test_a_hash_may_be_a_magnet_link),
		cmocka_unit_test(test_watch_takes_a_number_where_there_is_one),
		cmocka_unit_test(test_help_and_version_need_no_command),
		cmocka_unit_test(test_help_of_one_command),
		cmocka_unit_test(test_mistakes_are_told_all_at_once),
		cmocka_unit_test(test_a_path_too_long),
		cmocka_unit_test(test_an_unknown_command_says_what_there_is),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
