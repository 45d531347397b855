// SPDX-License-Identifier: BSD-3-Clause
// The command line: command, arguments and options, checked.

#pragma once

#include "argument.h"
#include "command.h"
#include "info_hash.h"
#include "telemetry_client.h"

struct command_line {
	enum option_help help; // print the help, or the version, and nothing else
	bool version;
	const struct command *command; // with `help`: the one to explain; NULL: all
	const char *words[ARGUMENTS_MAX]; // its arguments; HASH as hexadecimal digits
	unsigned word_count;
	char hash[INFO_HASH_DIGITS + 1]; // the word that is HASH
	const char *file_prefix, *socket; // NULL: not given
	char path[TELEMETRY_PATH_MAX]; // of the telemetry socket, from these two
	bool json, all;
	double watch_s; // seconds between two rounds; 0: one round
};

// False where anything is wrong: each mistake has been written to `errors`, a line each. Words are
// those of `argv`, which getopt puts in order.
bool command_line_parse(struct command_line *line, int argc, char **argv, FILE *errors);

// Prints the help that was asked for.
void command_line_print_help(const struct command_line *line, FILE *out);
