// SPDX-License-Identifier: BSD-3-Clause

#include "command.h"

#include <string.h>

const struct command commands[COMMAND_COUNT] = {
#define COMMAND(name, arguments, telemetry, object, list, page, show, help)                        \
	[COMMAND_##name] = {                                                                       \
		#name,                                                                             \
		arguments,                                                                         \
		TELEMETRY_COMMAND_##telemetry,                                                     \
		OBJECT_##object,                                                                   \
		FIELD_##list,                                                                      \
		page,                                                                              \
		show,                                                                              \
		help,                                                                              \
	},
#include "commands.def"
#undef COMMAND
};

const struct command *
command_find(const char *name)
{
	for (unsigned c = 0; c < COMMAND_COUNT; c++)
		if (strcmp(commands[c].name, name) == 0)
			return &commands[c];
	return NULL;
}
