// SPDX-License-Identifier: BSD-3-Clause
// One argument into one value. Pure.

#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct option_row {
	const char *name; // without dashes; NULL: the row is the title of a group, in `help`
	// Reads `text` into the field; false, and a sentence in `why`, where it is wrong.
	bool (*read
	)(const struct option_row *row, const char *text, void *field, char *why, size_t size);
	const char *argument; // as --help shows it; of a WORD all words; "": none wanted
	const char *standard; // the default; "": none
	double min, max;
	const char *help;
	size_t offset; // of the field in struct options
};

#define OPTION_READER(type)                                                                        \
	bool option_read_##type(                                                                   \
		const struct option_row *row,                                                      \
		const char *text,                                                                  \
		void *field,                                                                       \
		char *why,                                                                         \
		size_t size                                                                        \
	)

OPTION_READER(IPV4);
OPTION_READER(IPV6);
OPTION_READER(MAC);
OPTION_READER(NET4);
OPTION_READER(NET6);
OPTION_READER(COUNT);
OPTION_READER(REAL);
OPTION_READER(WORD);
OPTION_READER(TEXT);
OPTION_READER(FLAG);
OPTION_READER(HELP);
