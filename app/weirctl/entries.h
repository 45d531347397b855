// SPDX-License-Identifier: BSD-3-Clause
// The entries that a command names: its words, and the lines of a file.

#pragma once

#include "command_line.h"

#include <jansson.h>

// Adds a text for each entry to `entries`. An info_hash is given as hexadecimal digits. Of a file, what
// follows a # is a comment, and blank lines are left out; "-" is standard input. False: a file cannot be
// read, or an entry cannot be one; each mistake has been written to `errors`, a line each.
bool entries_collect(const struct command_line *line, json_t *entries, FILE *errors);
