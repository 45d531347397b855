// SPDX-License-Identifier: BSD-3-Clause
// Command lines. The options of a program are rows of one table, its options.def; getopt_long's
// tables, checks of values, --help, completions and the OPTIONS section of the man page are made from it.
//
// GROUP(title)
// OPTION(type, field, letter, name, argument, default_value, min, max, help)
//   type           the reader of the argument, option_read_TYPE, which also decides the C type of
//                  the field
//   letter         of the short option; 0: none
//   argument       as --help shows it; "": the option takes none. "[X]" may be left out, and the
//                  next word is taken where it is a right value; "[=X]" may be left out, too, and
//                  is taken only from the same word
//   default_value  as on a command line; "": none. Of an argument that may be left out it is the
//                  value without the argument, and an option that is not given leaves 0
//   min, max       range of a number; see the readers
//
// Parsing is for one thread: getopt is.

#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum { EXIT_WRONG = 2 }; // exit status where the command line, or a file that it names, is wrong

struct option_row {
	const char *name; // without dashes; NULL: the row is the title of a group, in `help`
	// Parses `text` (NULL: there is none) into the field. False: `wanted` says what the text
	// must be, as "a number from 1 to 5", and a pointer is unchanged. "" is never right.
	bool (*read
	)(const struct option_row *row, const char *text, void *field, char *wanted, size_t size);
	const char *argument, *default_value, *help;
	double min, max;
	size_t offset; // of the field in the program's structure
	char letter;
};

#define OPTION_GROUP(title) {.help = title},
#define OPTION_ROW(structure, type, field, letter, name, argument, default_value, min, max, help)  \
	{name,                                                                                     \
	 option_read_##type,                                                                       \
	 argument,                                                                                 \
	 default_value,                                                                            \
	 help,                                                                                     \
	 min,                                                                                      \
	 max,                                                                                      \
	 offsetof(structure, field),                                                               \
	 letter},

#define OPTION_READER(type)                                                                        \
	bool option_read_##type(                                                                   \
		const struct option_row *row,                                                      \
		const char *text,                                                                  \
		void *field,                                                                       \
		char *wanted,                                                                      \
		size_t size                                                                        \
	)

enum option_help { OPTION_HELP_NONE, OPTION_HELP_TEXT, OPTION_HELP_MAN };

OPTION_READER(FLAG); // bool: true
OPTION_READER(CONSTANT); // uint32_t: min
OPTION_READER(HELP); // enum option_help
OPTION_READER(COUNT); // uint32_t, from min to max
OPTION_READER(REAL); // double, from min to max, without exponent
OPTION_READER(DURATION); // uint32_t, seconds from min to max: a number and s, m, h or d
OPTION_READER(CHOICE); // uint32_t: the place of the text in `argument`, "first|second"
OPTION_READER(PATH); // const char *, of max bytes at most; 0: any
OPTION_READER(NAME); // const char *, without a slash
OPTION_READER(TEXT); // const char *, of max bytes at most, without control characters

// The operands that a program takes after its options.
enum option_operands {
	OPTION_OPERANDS_NONE,
	OPTION_OPERANDS_EAL, // DPDK's arguments, behind --
	OPTION_OPERANDS_ANY, // words of the program's own, which may stand among the options, too
};

struct option_program {
	const char *name;
	const char *usage; // what follows "usage: NAME "
	const char *summary; // what the program is for, in lines
	const struct option_row *rows;
	unsigned row_count;
	enum option_operands operands;
	void (*print_more)(FILE *out); // sections behind the options; NULL: none
	const char *examples, *exit_status; // lines
};

// Parses argv into `fields`, which is zeroed memory, beginning with the defaults. `optind` is then
// the index of the first operand. False where anything is wrong: each mistake has been written to
// `errors`, a line each.
bool option_parse(
	const struct option_program *program,
	void *fields,
	int argc,
	char **argv,
	FILE *errors
);

// Writes "NAME: what is wrong; see NAME --help". Returns false.
__attribute__((format(printf, 3, 4))) bool
option_complain(const struct option_program *program, FILE *errors, const char *format, ...);

// Prints what --help asks for: the help, or the OPTIONS section of the man page.
void option_print_help(const struct option_program *program, enum option_help help, FILE *out);
