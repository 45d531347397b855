// SPDX-License-Identifier: BSD-3-Clause
// getopt_long over the table of a program.

#include "option.h"

#include <getopt.h>
#include <stdarg.h>
#include <string.h>

enum {
	ROWS_MAX = 64,
	FIRST_LONG = 256, // what getopt returns for a long option: this and its row
};

struct parser {
	const struct option_program *program;
	void *fields;
	int argc;
	char **argv;
	FILE *errors;
};

bool
option_complain(const struct option_program *program, FILE *errors, const char *format, ...)
{
	va_list values;

	va_start(values, format);
	fprintf(errors, "%s: ", program->name);
	vfprintf(errors, format, values);
	fprintf(errors, "; see %s --help\n", program->name);
	va_end(values);
	return false;
}

#define complain(parser, ...) option_complain((parser)->program, (parser)->errors, __VA_ARGS__)

static bool
may_be_left_out(const struct option_row *row)
{
	return *row->argument == '[';
}

static int
argument_of_long(const struct option_row *row)
{
	if (*row->argument == '\0')
		return no_argument;
	return may_be_left_out(row) ? optional_argument : required_argument;
}

// What follows a letter in getopt's text of short options.
static const char *
argument_of_short(const struct option_row *row)
{
	if (*row->argument == '\0' || strncmp(row->argument, "[=", 2) == 0)
		return "";
	return may_be_left_out(row) ? "::" : ":";
}

static void
make_tables(const struct option_program *program, struct option *words, char *letters)
{
	letters += sprintf(letters, program->operands == OPTION_OPERANDS_ANY ? ":" : "+:");
	for (unsigned i = 0; i < program->row_count; i++) {
		const struct option_row *row = &program->rows[i];

		if (row->name == NULL)
			continue;
		*words++ = (struct option){
			row->name, argument_of_long(row), NULL, FIRST_LONG + (int)i};
		if (row->letter != 0)
			letters += sprintf(letters, "%c%s", row->letter, argument_of_short(row));
	}
	*words = (struct option){0};
}

// The row of what getopt returned or left in optopt; NULL: none.
static const struct option_row *
find_row(const struct option_program *program, int option)
{
	if (option >= FIRST_LONG)
		return &program->rows[option - FIRST_LONG];
	for (unsigned i = 0; i < program->row_count; i++)
		if (option != 0 && program->rows[i].letter == option)
			return &program->rows[i];
	return NULL;
}

static bool
read_text(const struct parser *parser, const struct option_row *row, const char *text)
{
	char wanted[160];

	if (text == NULL && *row->default_value != '\0')
		text = row->default_value;
	if (text != NULL && *text == '\0')
		return complain(parser, "--%s: must not be empty", row->name);
	if (row->read(row, text, (char *)parser->fields + row->offset, wanted, sizeof(wanted)))
		return true;
	return complain(parser, "--%s %s: must be %s", row->name, text, wanted);
}

// The argument of an option that may stand without it is the next word, where that is right.
static const char *
take_next_word(const struct parser *parser, const struct option_row *row)
{
	void *field = (char *)parser->fields + row->offset;
	char wanted[160];

	if (!may_be_left_out(row) || row->argument[1] == '=' || optind >= parser->argc
	    || !row->read(row, parser->argv[optind], field, wanted, sizeof(wanted)))
		return NULL;
	return parser->argv[optind++];
}

// What getopt does not take: `option` is ':' or '?', optopt the letter or number of a known option.
static bool
refuse(const struct parser *parser, int option)
{
	const struct option_row *row = find_row(parser->program, optopt);

	if (row != NULL)
		return complain(
			parser,
			"option --%s %s",
			row->name,
			option == ':' ? "requires an argument" : "takes no argument"
		);
	if (optopt != 0)
		return complain(parser, "unknown option -%c", optopt);
	return complain(parser, "unknown option %s", parser->argv[optind - 1]);
}

static bool
read_options(const struct parser *parser)
{
	struct option words[ROWS_MAX + 1];
	char letters[3 * ROWS_MAX + 3];
	bool ok = true;
	int option;

	make_tables(parser->program, words, letters);
	optind = 0; // a fresh start: tests parse more than once
	opterr = 0;
	while ((option = getopt_long(parser->argc, parser->argv, letters, words, NULL)) != -1) {
		if (option == ':' || option == '?') {
			ok = refuse(parser, option);
			continue;
		}
		const struct option_row *row = find_row(parser->program, option);
		const char *text = optarg != NULL ? optarg : take_next_word(parser, row);

		ok &= read_text(parser, row, text);
	}
	opterr = 1; // DPDK parses its arguments by getopt, too
	return ok;
}

static bool
check_operands(const struct parser *parser)
{
	char **words = parser->argv + optind;
	bool ok = true;

	if (parser->program->operands == OPTION_OPERANDS_ANY)
		return true;
	if (parser->program->operands == OPTION_OPERANDS_EAL)
		return *words == NULL || strcmp(words[-1], "--") == 0
			|| complain(
				parser,
				"unexpected argument '%s'; arguments for EAL follow --",
				*words
			);
	for (; *words != NULL; words++)
		ok = complain(parser, "unexpected argument '%s'", *words);
	return ok;
}

bool
option_parse(
	const struct option_program *program,
	void *fields,
	int argc,
	char **argv,
	FILE *errors
)
{
	const struct parser parser = {program, fields, argc, argv, errors};
	bool ok = true;

	for (unsigned i = 0; i < program->row_count; i++) {
		const struct option_row *row = &program->rows[i];

		if (row->name != NULL && *row->default_value != '\0' && !may_be_left_out(row))
			ok &= read_text(&parser, row, row->default_value);
	}
	ok &= read_options(&parser);
	return check_operands(&parser) && ok;
}
