// SPDX-License-Identifier: BSD-3-Clause
// The command line, checked.

#pragma once

#include "../common/option.h"

enum command_action {
	ACTION_RUN,
	ACTION_CHECK,
	ACTION_PLAN,
	ACTION_PRINT_CONFIG,
	// These need no configuration.
	ACTION_PRINT_OPTIONS,
	ACTION_PRINT_OPTIONS_MAN,
	ACTION_PRINT_CONTROL,
	ACTION_PRINT_SOURCES,
	ACTION_PRINT_TELEMETRY,
	ACTION_PRINT_VERSION,
};

struct command_line {
	enum option_help help; // print it, and nothing else
	uint32_t action; // enum command_action
	const char *config_path;
	const char *sysroot; // folder with /sys of the machine to plan for; "": this machine
	const char *setting; // print its value, and nothing else; NULL: none
	bool json, core_dumps;
	uint32_t run_for_s; // 0: until a signal
	int eal_argument_count; // those behind --
	char **eal_arguments;
};

// False where anything is wrong: each mistake has been written to `errors`, a line each.
bool command_line_parse(struct command_line *line, int argc, char **argv, FILE *errors);

void command_line_print_help(enum option_help help, FILE *out);
