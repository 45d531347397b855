// SPDX-License-Identifier: BSD-3-Clause
// The command line: what was asked for, checked.

#pragma once

#include "argument.h"
#include "command.h"
#include "info_hash.h"
#include "telemetry_client.h"

struct command_line {
	bool help, version; // print that, and nothing else
	const struct command *command; // with `help`: whose; NULL: of all
	const char *words[ARGUMENTS_MAX]; // its arguments; HASH as hexadecimal digits
	unsigned word_count;
	char hash[INFO_HASH_DIGITS + 1]; // what words point to where one is HASH
	char path[TELEMETRY_PATH_MAX]; // of the telemetry socket
	bool json, all;
	double watch_s; // seconds between two rounds; 0: one round
};

// False where anything is wrong: everything that is has been written to `errors` by then, a line
// each. Words are those of `argv`, which getopt puts in order.
bool command_line_parse(struct command_line *line, int argc, char **argv, FILE *errors);

// Of one command, or NULL: of all.
void command_line_print_help(FILE *out, const struct command *command);
