// SPDX-License-Identifier: BSD-3-Clause
// The part of a command line that is about `weirctl hook`.

#pragma once

#include "line.h"

// Checks PROGRAM and the options of hook, also against other commands, and fills in their defaults. False: each
// mistake has been written to `errors`.
bool hook_line_check(const struct option_program *program, struct command_line *line, FILE *errors);

// What the program gets, for the help of the command.
void hook_line_print_help(FILE *out);
