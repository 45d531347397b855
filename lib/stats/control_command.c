// SPDX-License-Identifier: BSD-3-Clause

#include "control_command.h"

#include <string.h>

const struct control_member_info control_members[CONTROL_MEMBER_COUNT] = {
#define CONTROL_MEMBER(name, field, kind, min, max, help)                                          \
	[CONTROL_MEMBER_##name] = {#name, CONTROL_##kind, min, max, help},
#include "control_command.def"
};

const struct control_command control_commands[CONTROL_COUNT] = {
#define CONTROL_COMMAND(id, name, handler, list, order, members, reply, help)                      \
	[CONTROL_##id] = {name, CONTROL_##order, members, reply, help},
#include "control_command.def"
};

enum control_use
control_use(const struct control_command *command, enum control_member member)
{
	const char *name = control_members[member].name;
	const char *words = command->members;

	while (*words != '\0') {
		bool optional = *words == '[';
		size_t len;

		words += optional;
		len = strcspn(words, " ]");
		if (len == strlen(name) && memcmp(words, name, len) == 0)
			return optional ? CONTROL_OPTIONAL : CONTROL_NEEDED;
		words += len;
		words += strspn(words, " ]");
	}
	return CONTROL_UNKNOWN;
}
