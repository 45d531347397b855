// SPDX-License-Identifier: BSD-3-Clause
// What a command line says, once it is checked (command_line.h).

#pragma once

#include "action.h"
#include "argument.h"
#include "command.h"
#include "info_hash.h"
#include "telemetry_client.h"

// Defaults of `weirctl hook`, in seconds.
enum { HOOK_UP_S = 10, HOOK_DOWN_S = 2, HOOK_LIMIT_S = 10 };

struct command_line {
	enum option_help help; // print the help, or the version, and nothing else
	bool version;
	const struct command *command; // with `help`: the one to explain; NULL: all
	const char *words[ARGUMENTS_MAX]; // its arguments; HASH as hexadecimal digits
	unsigned word_count;
	char hash[INFO_HASH_DIGITS + 1]; // the word that is HASH
	const char *file_prefix, *socket; // NULL: not given
	char path[TELEMETRY_PATH_MAX]; // of the telemetry socket, from these two
	// Of a command that goes to the control socket; else NULL, 0.
	const struct control_command *action;
	char **entries; // as they are on the command line
	unsigned entry_count;
	const char *reason, *file, *control; // NULL: not given
	uint32_t for_s, in_s; // 0: not given
	char control_path[TELEMETRY_PATH_MAX];
	bool json, all;
	// Of hook, in seconds; 0: not given, before hook_line_check.
	double up_s, down_s, limit_s, repeat_s, drain_s;
	bool keep, once;
	double watch_s; // seconds between two rounds; 0: one round
};
