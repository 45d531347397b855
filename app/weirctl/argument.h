// SPDX-License-Identifier: BSD-3-Clause
// Arguments of commands: what each word of their tables stands for, and how it is checked. Pure.

#pragma once

#include "../common/option.h"

enum argument_number {
	ARGUMENT_HASH,
	ARGUMENT_OFFSET,
	ARGUMENT_LIMIT,
	ARGUMENT_N,
	ARGUMENT_FAMILY,
	ARGUMENT_KIND,
	ARGUMENT_COMMAND,
	ARGUMENT_PROGRAM,
	ARGUMENT_COUNT,
};

enum { ARGUMENTS_MAX = 3 }; // of one command

// Each is read and checked as the argument of an option is; its name is the word in --help.
extern const struct option_row arguments[ARGUMENT_COUNT];

struct argument_wanted {
	char text[256]; // "a whole number from 1 to 100"
};

bool argument_is_right(const struct option_row *argument, const char *text);
struct argument_wanted argument_wanted(const struct option_row *argument);

// The arguments that the words of "HASH [OFFSET [LIMIT]]" stand for, in order. Returns their number,
// and in `needed` the number of those outside of brackets.
unsigned
argument_list(const char *words, const struct option_row *list[ARGUMENTS_MAX], unsigned *needed);
