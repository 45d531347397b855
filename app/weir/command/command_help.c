// SPDX-License-Identifier: BSD-3-Clause

#include "handlers.h"

bool
command_help(const struct handler_call *call, struct error *error)
{
	json_t *commands = json_array();

	(void)error;
	for (unsigned c = 0; c < CONTROL_COUNT; c++) {
		const struct control_command *command = &control_commands[c];

		json_array_append_new(
			commands,
			json_pack(
				"{ssssss}",
				"command",
				command->name,
				"members",
				command->members,
				"help",
				command->help
			)
		);
	}
	json_object_set_new(call->reply, "commands", commands);
	return true;
}
