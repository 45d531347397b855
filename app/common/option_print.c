// SPDX-License-Identifier: BSD-3-Clause
// The table of a program as text, and as the section of a man page (mdoc).

#include "man_text.h"
#include "option.h"

#include <string.h>

enum { MARGIN = 28, WIDTH = 80 };

// Breaks a text into lines; those after the first begin with the margin.
static void
print_wrapped(FILE *out, const char *text)
{
	unsigned at = MARGIN;

	while (*text != '\0') {
		unsigned word = (unsigned)strcspn(text, " ");

		if (at > MARGIN && at + 1 + word > WIDTH) {
			fprintf(out, "\n%*s", MARGIN, "");
			at = MARGIN;
		}
		at += (unsigned)fprintf(out, "%s%.*s", at > MARGIN ? " " : "", (int)word, text);
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
	print_wrapped(out, text);
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
	man_print_sentence(row->help, out);
	if (*row->default_value != '\0')
		fprintf(out, "Default: %s.\n", row->default_value);
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
