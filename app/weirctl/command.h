// SPDX-License-Identifier: BSD-3-Clause
// The commands of weirctl, from commands.def.

#pragma once

#include "../../lib/stats/telemetry_command.h"
#include "show.h"

struct command {
	const char *name;
	const char *arguments;
	enum telemetry_command_number telemetry; // TELEMETRY_COMMAND_NONE: top, help
	enum field_object object; // a row of the reply is
	enum field list;
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
