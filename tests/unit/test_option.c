// SPDX-License-Identifier: BSD-3-Clause
// app/common/option.h: parsing, every mistake that getopt or a value can have, and both helps.

#include "../../app/common/option.h"
#include "../support/cmocka_wrap.h"

#include <getopt.h>
#include <string.h>

struct fields {
	uint32_t count, choice, action;
	double every_s;
	const char *path, *name;
	bool flag;
	enum option_help help;
};

// clang-format off
#define OPTION(...) OPTION_ROW(struct fields, __VA_ARGS__)
static const struct option_row rows[] = {
	OPTION_GROUP("First things")
	OPTION(COUNT, count, 'c', "count", "N", "7", 1, 9, "a number")
	OPTION(CHOICE, choice, 0, "choice", "red|green", "green", 0, 0, "a colour")
	OPTION(REAL, every_s, 'e', "every", "[SECONDS]", "2.5", 0.5, 4, "repeat")
	OPTION_GROUP("Other things")
	OPTION(PATH, path, 'p', "path", "FILE", "", 0, 5, "a file")
	OPTION(NAME, name, 0, "name", "NAME", "", 0, 0, "-x")
	OPTION(FLAG, flag, 'f', "flag", "", "", 0, 0, "num_want")
	OPTION(CONSTANT, action, 0, "act", "", "", 3, 0, "act")
	OPTION(HELP, help, 'h', "help", "[=man]", "", 0, 0, "this help")
};
// clang-format on
#undef OPTION

static struct option_program program = {
	.name = "prog",
	.usage = "[options]",
	.summary = "A program.",
	.rows = rows,
	.row_count = sizeof(rows) / sizeof(*rows),
	.examples = "  prog -f",
	.exit_status = "  0  always",
};

static struct fields fields;
static char said[1024];
static char *argv[16];
static int argc;

// Parses words that are separated by blanks; "''" is an empty one.
static bool
parse(const char *line)
{
	static char words[256];
	FILE *errors = fmemopen(said, sizeof(said), "w");

	memset(said, 0, sizeof(said));
	snprintf(words, sizeof(words), "prog %s", line);
	argc = 0;
	for (char *word = strtok(words, " "); word != NULL; word = strtok(NULL, " "))
		argv[argc++] = strcmp(word, "''") == 0 ? word + 2 : word;
	argv[argc] = NULL;
	fields = (struct fields){0};
	bool ok = option_parse(&program, &fields, argc, argv, errors);

	fclose(errors);
	assert_int_equal(ok, said[0] == '\0');
	return ok;
}

static void
test_values(void **state)
{
	(void)state;
	assert_true(parse(""));
	assert_int_equal(fields.count, 7);
	assert_int_equal(fields.choice, 1);
	assert_true(fields.every_s == 0 && !fields.flag && fields.help == OPTION_HELP_NONE);
	assert_null(fields.path);
	assert_true(parse("-fc9 --choice=red -p a/b --name x --act"));
	assert_int_equal(fields.count, 9);
	assert_int_equal(fields.choice, 0);
	assert_int_equal(fields.action, 3);
	assert_string_equal(fields.path, "a/b");
	assert_string_equal(fields.name, "x");
	assert_true(fields.flag);
	assert_true(parse("-h") && fields.help == OPTION_HELP_TEXT);
	assert_true(parse("--help=man") && fields.help == OPTION_HELP_MAN);
}

static void
test_arguments_that_may_be_left_out(void **state)
{
	(void)state;
	assert_true(parse("-e") && fields.every_s == 2.5);
	assert_true(parse("-e1") && fields.every_s == 1);
	assert_true(parse("-e 1 -f") && fields.every_s == 1 && fields.flag);
	assert_true(parse("--every -f") && fields.every_s == 2.5 && fields.flag);
	assert_true(parse("--every=4") && fields.every_s == 4);
	program.operands = OPTION_OPERANDS_ANY;
	assert_true(parse("-e 9 word --flag") && fields.every_s == 2.5 && fields.flag);
	assert_string_equal(argv[optind], "9");
	program.operands = OPTION_OPERANDS_NONE;
}

static void
test_mistakes(void **state)
{
	static const struct {
		const char *line, *said;
	} cases[] = {
		{"--nothing", "unknown option --nothing"},
		{"-fx", "unknown option -x"},
		{"-xf", "unknown option -x"},
		{"-f --flag=1", "option --flag takes no argument"},
		{"-p", "option --path requires an argument"},
		{"--name", "option --name requires an argument"},
		{"word", "unexpected argument 'word'"},
		{"-- -f", "unexpected argument '-f'"},
		{"-c ''", "--count: must not be empty"},
		{"-c 0", "--count 0: must be a whole number from 1 to 9"},
		{"-c 10", "--count 10: must be a whole number from 1 to 9"},
		{"-c +1", "--count +1: must be a whole number from 1 to 9"},
		{"-c 99999999999999999999",
		 "--count 99999999999999999999: must be a whole number from 1 to 9"},
		{"-e1e0", "--every 1e0: must be a number from 0.5 to 4"},
		{"-e.", "--every .: must be a number from 0.5 to 4"},
		{"--choice gree", "--choice gree: must be one of red|green"},
		{"--choice red|green", "--choice red|green: must be one of red|green"},
		{"-p 123456", "--path 123456: must be a path of at most 5 bytes"},
		{"--name a/b", "--name a/b: must be a name without /"},
		{"--help=more", "--help more: must be man"},
	};

	(void)state;
	for (unsigned i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		char line[160];

		assert_false(parse(cases[i].line));
		snprintf(line, sizeof(line), "prog: %s; see prog --help\n", cases[i].said);
		assert_string_equal(said, line);
	}
	assert_false(parse("-c 0 -x --choice red word"));
	assert_string_equal(
		said,
		"prog: --count 0: must be a whole number from 1 to 9; see prog --help\n"
		"prog: unknown option -x; see prog --help\n"
		"prog: unexpected argument 'word'; see prog --help\n"
	);
	assert_int_equal(fields.choice, 0); // the rest is parsed all the same
}

static void
test_arguments_of_eal(void **state)
{
	(void)state;
	program.operands = OPTION_OPERANDS_EAL;
	assert_true(parse("-f -- -c 0"));
	assert_string_equal(argv[optind], "-c");
	assert_true(parse("-f --"));
	assert_int_equal(optind, argc);
	assert_false(parse("-f word -- -c"));
	assert_non_null(strstr(said, "unexpected argument 'word'; arguments for EAL follow --; "));
	program.operands = OPTION_OPERANDS_NONE;
}

static void
assert_prints(enum option_help help, const char *expected)
{
	char text[2048] = "";
	FILE *out = fmemopen(text, sizeof(text), "w");

	option_print_help(&program, help, out);
	fclose(out);
	assert_string_equal(text, expected);
}

static void
test_helps(void **state)
{
	(void)state;
	assert_prints(
		OPTION_HELP_TEXT,
		"usage: prog [options]\n\nA program.\n"
		"\nFirst things:\n"
		"  -c, --count N             a number (default: 7)\n"
		"      --choice red|green    a colour (default: green)\n"
		"  -e, --every [SECONDS]     repeat (default: 2.5)\n"
		"\nOther things:\n"
		"  -p, --path FILE           a file\n"
		"      --name NAME           -x\n"
		"  -f, --flag                num_want\n"
		"      --act                 act\n"
		"  -h, --help[=man]          this help\n"
		"\nExamples:\n  prog -f\n"
		"\nExit status:\n  0  always\n"
	);
	assert_prints(
		OPTION_HELP_MAN,
		".Sh OPTIONS\n.Ss First things\n.Bl -tag -width Ds\n"
		".It Fl c , Fl -count Ar N\nA number.\nDefault: 7.\n"
		".It Fl -choice Cm red|green\nA colour.\nDefault: green.\n"
		".It Fl e , Fl -every Op Ar SECONDS\nRepeat.\nDefault: 2.5.\n"
		".El\n.Ss Other things\n.Bl -tag -width Ds\n"
		".It Fl p , Fl -path Ar FILE\nA file.\n"
		".It Fl -name Ar NAME\n\\-x.\n"
		".It Fl f , Fl -flag\nnum_want.\n"
		".It Fl -act\nAct.\n"
		".It Fl h , Fl -help Ns Op = Ns Cm man\nThis help.\n"
		".El\n"
	);
}

static void
test_durations(void **state)
{
	static const struct option_row row = {
		"for", option_read_DURATION, .min = 60, .max = 864000};
	static const struct {
		const char *text;
		uint32_t seconds; // 0: wrong
	} cases[] = {
		{"60", 60},
		{"60s", 60},
		{"1m", 60},
		{"090m", 5400},
		{"240h", 864000},
		{"10d", 864000},
		{"59", 0},
		{"11d", 0},
		{"", 0},
		{"m", 0},
		{"1", 0},
		{"1w", 0},
		{"1mm", 0},
		{"1 m", 0},
		{"-1m", 0},
		{"1.5h", 0},
		{"0x10m", 0},
		{"99999999999999999999d", 0},
	};
	char wanted[128];

	(void)state;
	for (unsigned i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		uint32_t seconds = 7;
		bool right = row.read(&row, cases[i].text, &seconds, wanted, sizeof(wanted));

		if (right != (cases[i].seconds != 0) || (right && seconds != cases[i].seconds))
			fail_msg("%s: %u", cases[i].text, seconds);
	}
	assert_string_equal(wanted, "60 to 864000 seconds, such as 90, 15m, 2h or 30d");
}

static void
test_texts(void **state)
{
	static const struct option_row row = {"reason", option_read_TEXT, .max = 5};
	static const char *const wrong[] = {"", "123456", "a\nb", "\x1b[m", "\x7f"};
	const char *text = NULL;
	char wanted[128];

	(void)state;
	assert_true(row.read(&row, "\xc3\xa4 #5", &text, wanted, sizeof(wanted)));
	assert_string_equal(text, "\xc3\xa4 #5");
	for (unsigned i = 0; i < sizeof(wrong) / sizeof(*wrong); i++)
		assert_false(row.read(&row, wrong[i], &text, wanted, sizeof(wanted)));
	assert_string_equal(wanted, "a text of at most 5 bytes without control characters");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_durations),
		cmocka_unit_test(test_texts),
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_arguments_that_may_be_left_out),
		cmocka_unit_test(test_mistakes),
		cmocka_unit_test(test_arguments_of_eal),
		cmocka_unit_test(test_helps),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
