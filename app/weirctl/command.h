// SPDX-License-Identifier: BSD-3-Clause
// The commands of weirctl, from commands.def.

#pragma once

#include "show.h"

struct command {
	const char *name;
	const char *arguments;
	const char *telemetry; // its telemetry command; NULL: top, help
	const char *id, *list;
	unsigned page;
	show_function *show;
	const char *help;
};

enum command_number {
#define COMMAND(name, ...) COMMAND_##name,
#include "commands.def"
#undef COMMAND
	COMMAND_COUNT,
};

extern const struct command commands[COMMAND_COUNT];

const struct command *command_find(const char *name); // NULL: not found
