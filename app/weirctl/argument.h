// SPDX-License-Identifier: BSD-3-Clause
// Arguments of commands: what each word of their tables stands for, and how it is checked. Pure.

#pragma once

#include <stdbool.h>

struct argument {
	const char *word; // as --help shows it
	const char
		*choices; // "link|ipv4|ipv6"; NULL: it is a number, or an info_hash where max is 0
	unsigned long min, max;
};

enum argument_number {
	ARGUMENT_HASH,
	ARGUMENT_OFFSET,
	ARGUMENT_LIMIT,
	ARGUMENT_N,
	ARGUMENT_FAMILY,
	ARGUMENT_KIND,
	ARGUMENT_COMMAND,
	ARGUMENT_COUNT,
};

enum { ARGUMENTS_MAX = 3 }; // of one command

extern const struct argument arguments[ARGUMENT_COUNT]; // all there are

struct argument_wanted {
	char text[256]; // "a whole number from 1 to 100"
};

bool argument_is_right(const struct argument *argument, const char *text);
struct argument_wanted argument_wanted(const struct argument *argument);

// What the words of "HASH [OFFSET [LIMIT]]" stand for, in order. Returns how many there are, and in
// `needed` how many of them stand outside of brackets.
unsigned
argument_list(const char *words, const struct argument *list[ARGUMENTS_MAX], unsigned *needed);

// Seconds between two rounds: 0.1 to 3600, with a point where wanted.
bool argument_seconds(const char *text, double *seconds);
