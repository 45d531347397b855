// SPDX-License-Identifier: BSD-3-Clause
// A configuration file and all it includes, as one text for libconfig.
//
// Whole numbers are written anew, in decimal and with an L: libconfig before 1.7 keeps 32 bits of
// those without an L, and every version keeps 64 bits of hexadecimal ones. What does not fit 64
// bits becomes the nearest number that does, so a range check refuses it. Numbers in binary (0b)
// and octal (0o) notation, which libconfig 1.8 added, are read with every version.

#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

enum {
	CONFIG_TEXT_MAX = 1 << 20, // bytes of one file
	CONFIG_INCLUDES_MAX = 64, // files in all
	CONFIG_INCLUDE_DEPTH_MAX = 10,
	CONFIG_NESTING_MAX = 16, // brackets inside each other
};

// Where a line of the text came from.
struct config_line {
	unsigned file; // index of config_text.files
	unsigned number; // from 1
};

struct config_text {
	char *bytes; // ends with a byte 0
	size_t len;
	FILE *out; // to `bytes`, while it is made
	struct config_line *lines; // [0] is of line 1
	unsigned line_count;
	char *files[CONFIG_INCLUDES_MAX]; // as errors name them
	unsigned file_count;
	unsigned error_count;
	FILE *errors;
};

// Reads `path`. An included file is looked for in the folder of the file that includes it, then in
// the folder of installed driver files. Every error goes to `errors` as a line "file:line: syntax:
// what is there and what is allowed"; the number of them is returned.
unsigned config_text_read(struct config_text *text, const char *path, FILE *errors);
void config_text_free(struct config_text *text);

// Where line `line` (from 1) of the text came from: {NULL, 0} for a line that is not there.
struct config_place {
	const char *file;
	unsigned line;
};
struct config_place config_text_place(const struct config_text *text, unsigned line);

// The inside: config_scan.c goes through the bytes of one file, config_text.c opens files.
__attribute__((format(printf, 4, 5))) void
config_text_error(struct config_text *text, unsigned file, unsigned line, const char *format, ...);
void config_text_new_line(struct config_text *text, unsigned file, unsigned number);
void config_text_include(
	struct config_text *text,
	unsigned file,
	unsigned line,
	const char *name,
	unsigned depth
);
void config_scan_file(struct config_text *text, unsigned file, const char *bytes, unsigned depth);
