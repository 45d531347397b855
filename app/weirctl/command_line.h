// SPDX-License-Identifier: BSD-3-Clause
// The command line: command, arguments and options, checked.

#pragma once

#include "line.h"

// False where anything is wrong: each mistake has been written to `errors`, a line each. Words are
// those of `argv`, which getopt puts in order.
bool command_line_parse(struct command_line *line, int argc, char **argv, FILE *errors);

// Prints the help that was asked for.
void command_line_print_help(const struct command_line *line, FILE *out);
