// SPDX-License-Identifier: BSD-3-Clause
// The part of a command line that is about the control socket: actions, entries, and their options.

#pragma once

#include "line.h"

// Parses the words behind a command that goes to the control socket, and checks the options. False: each
// mistake has been written to `errors`.
bool action_line_parse(
	const struct option_program *program,
	struct command_line *line,
	char **words,
	unsigned count,
	FILE *errors
);

// Whether the options that change something go with the command, if it is no such one, too.
bool action_line_check_options(
	const struct option_program *program,
	const struct command_line *line,
	FILE *errors
);

// The actions of a command, for its help.
void action_line_print_help(const struct command *command, FILE *out);
