// SPDX-License-Identifier: BSD-3-Clause

#include "telemetry_command.h"

const struct telemetry_command telemetry_commands[TELEMETRY_COMMAND_COUNT] = {
#define COMMAND(name, parameters, help)                                                            \
	[TELEMETRY_COMMAND_##name] = {"/weir/" #name, parameters, help},
#include "telemetry_command.def"
#undef COMMAND
};
