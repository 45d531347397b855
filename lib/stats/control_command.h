// SPDX-License-Identifier: BSD-3-Clause
// The commands of the control socket: control_command.def as data.

#pragma once

#include <stdbool.h>
#include <stdint.h>

enum control_member {
#define CONTROL_MEMBER(name, ...) CONTROL_MEMBER_##name,
#include "control_command.def"
	CONTROL_MEMBER_COUNT,
};

enum control_member_kind { CONTROL_TEXTS, CONTROL_TEXT, CONTROL_NUMBER };

struct control_member_info {
	const char *name;
	enum control_member_kind kind;
	uint32_t min, max; // texts, bytes, or the number
	const char *help;
};

enum control_command_number {
#define CONTROL_COMMAND(id, ...) CONTROL_##id,
#include "control_command.def"
	CONTROL_COUNT,
};

enum control_order {
	CONTROL_AT_ONCE, // never takes long
	CONTROL_LOOK, // may take long: waits for its turn
	CONTROL_CHANGE, // likewise, and is logged with its user
};

struct control_command {
	const char *name; // "secret.rotate"
	enum control_order order;
	const char *members; // "entries [reason]"
	const char *reply;
	const char *help; // a sentence without a full stop
};

extern const struct control_member_info control_members[CONTROL_MEMBER_COUNT];
extern const struct control_command control_commands[CONTROL_COUNT];

enum control_use { CONTROL_UNKNOWN, CONTROL_OPTIONAL, CONTROL_NEEDED };

// Whether requests of the command have the member.
enum control_use control_use(const struct control_command *command, enum control_member member);
