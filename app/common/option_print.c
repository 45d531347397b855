// SPDX-License-Identifier: BSD-3-Clause
// The table of a program as text, and as the section of a man page (mdoc).

#include "option.h"

#include <ctype.h>
#include <string.h>

enum { MARGIN = 28, WIDTH = 80, MAN_WIDTH = 100 };

// Breaks a text into lines of `width`; those after the first begin with `margin` blanks.
static void
print_wrapped(FILE *out, const char *text, unsigned margin, unsigned width)
{
	unsigned at = margin;

	while (*text != '\0') {
		unsigned word = (unsigned)strcspn(text, " ");

		if (at > margin && at + 1 + word > width) {
			fprintf(out, "\n%*s", (int)margin, "");
			at = margin;
		}
		at += (unsigned)fprintf(out, "%s%.*s", at > margin ? " " : "", (int)word, text);
		text += word;
		text += strspn(text, " ");
	}
	fputc('\n', out);
}

static void
print_row(const struct option_row *row, FILE *out)
{
	const char *gap = *row->argument == '\0' || row->argument[1] == '=' ? "" : " ";
	const char *value = row->default_value;
	char text[480];
	int width;

	if (row->letter != 0)
		width = fprintf(out, "  -%c, --%s%s%s", row->letter, row->name, gap, row->argument);
	else
		width = fprintf(out, "      --%s%s%s", row->name, gap, row->argument);
	if (width > MARGIN - 2)
		width = fprintf(out, "\n") - 1;
	fprintf(out, "%*s", MARGIN - width, "");
	snprintf(
		text,
		sizeof(text),
		"%s%s%s%s",
		row->help,
		*value == '\0' ? "" : " (default: ",
		value,
		*value == '\0' ? "" : ")"
	);
	print_wrapped(out, text, MARGIN, WIDTH);
}

static void
print_text(const struct option_program *program, FILE *out)
{
	fprintf(out, "usage: %s %s\n\n%s\n", program->name, program->usage, program->summary);
	for (unsigned i = 0; i < program->row_count; i++) {
		if (program->rows[i].name == NULL)
			fprintf(out, "\n%s:\n", program->rows[i].help);
		else
			print_row(&program->rows[i], out);
	}
	if (program->print_more != NULL)
		program->print_more(out);
	fprintf(out,
		"\nExamples:\n%s\n\nExit status:\n%s\n",
		program->examples,
		program->exit_status);
}

// Whether a text begins with a word of English, not with a name such as num_want or IPv4.
static bool
begins_with_word(const char *text)
{
	size_t letters = strspn(text, "abcdefghijklmnopqrstuvwxyz");

	return strcspn(text, " ,:;") == letters;
}

// A sentence for mdoc: a capital first, a full stop last, dashes that stay dashes.
static void
print_man_sentence(const struct option_row *row, FILE *out)
{
	const char *value = row->default_value;
	bool capital = begins_with_word(row->help);
	char text[960];
	size_t length = 0;

	for (const char *at = row->help; *at != '\0' && length < sizeof(text) - 80; at++) {
		if (*at == '-' && (at == row->help || at[-1] == ' ' || at[-1] == '-'))
			text[length++] = '\\';
		text[length++] = capital ? (char)toupper((unsigned char)*at) : *at;
		capital = false;
	}
	snprintf(
		text + length,
		sizeof(text) - length,
		".%s%s%s",
		*value == '\0' ? "" : " Default: ",
		value,
		*value == '\0' ? "" : "."
	);
	print_wrapped(out, text, 0, MAN_WIDTH);
}

static void
print_man_argument(const char *argument, FILE *out)
{
	size_t open = strspn(argument, "[=");
	size_t length = strcspn(argument + open, "]");

	if (*argument == '\0')
		return;
	fprintf(out,
		" %s%s %.*s",
		open == 0	    ? ""
			: open == 1 ? "Op "
				    : "Ns Op = Ns ",
		open == 2 || strchr(argument, '|') != NULL ? "Cm" : "Ar",
		(int)length,
		argument + open);
}

static void
print_man_row(const struct option_row *row, FILE *out)
{
	fputs(".It ", out);
	if (row->letter != 0)
		fprintf(out, "Fl %c , ", row->letter);
	fprintf(out, "Fl -%s", row->name);
	print_man_argument(row->argument, out);
	fputc('\n', out);
	print_man_sentence(row, out);
}

static void
print_man(const struct option_program *program, FILE *out)
{
	bool in_list = false;

	fputs(".Sh OPTIONS\n", out);
	for (unsigned i = 0; i < program->row_count; i++) {
		const struct option_row *row = &program->rows[i];

		if (row->name == NULL && in_list)
			fputs(".El\n", out);
		if (row->name == NULL)
			fprintf(out, ".Ss %s\n", row->help);
		else if (!in_list)
			fputs(".Bl -tag -width Ds\n", out);
		in_list = row->name != NULL;
		if (in_list)
			print_man_row(row, out);
	}
	fputs(".El\n", out);
}

void
option_print_help(const struct option_program *program, enum option_help help, FILE *out)
{
	if (help == OPTION_HELP_MAN)
		print_man(program, out);
	else
		print_text(program, out);
}
