// SPDX-License-Identifier: BSD-3-Clause
// The commands of Weir's telemetry: telemetry_command.def as data.

#pragma once

enum telemetry_command_number {
	TELEMETRY_COMMAND_NONE,
#define COMMAND(name, ...) TELEMETRY_COMMAND_##name,
#include "telemetry_command.def"
#undef COMMAND
	TELEMETRY_COMMAND_COUNT,
};

struct telemetry_command {
	const char *path; // "/weir/info"
	const char *parameters; // what follows after a comma; "" for none
	const char *help; // a sentence without a full stop
};

extern const struct telemetry_command telemetry_commands[TELEMETRY_COMMAND_COUNT];

// Path of a command: TELEMETRY_PATH(info) is "/weir/info".
#define TELEMETRY_PATH(name) (telemetry_commands[TELEMETRY_COMMAND_##name].path)
