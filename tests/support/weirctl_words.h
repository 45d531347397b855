// SPDX-License-Identifier: BSD-3-Clause
// Command lines of weirctl, and what it says of them.

#pragma once

#include "../../app/weirctl/command_line.h"

#include <stdbool.h>

extern struct command_line line; // the last one
extern char said[8192]; // its mistakes; tests write other texts here, too

// Parses a command line, words separated by blanks.
bool parse(const char *words);

void assert_wrong(const char *words, const char *mistakes);
