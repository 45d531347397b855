// SPDX-License-Identifier: BSD-3-Clause
// Tells which lines of a list are wrong: "FILE:LINE: ENTRY: what is allowed".
//
// ENTRY is the line, with other bytes than printable ASCII as \xNN, cut. A file of secrets is not quoted.
// One thread.

#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum { LIST_WRONG_TEXT_MAX = 800 };

struct list_wrong {
	const char *path;
	bool secret;
	FILE *out; // gets a line for each of the first `max`; NULL: nobody does
	uint64_t max;
	uint64_t count; // of all
	char first[LIST_WRONG_TEXT_MAX]; // cut to fit
};

// The line `number`, from 1, is wrong.
void list_wrong_line(
	struct list_wrong *wrong,
	uint64_t number,
	const char *line,
	size_t len,
	const char *wanted
);
