// SPDX-License-Identifier: BSD-3-Clause
// What the commands of the control socket do (lib/stats/control_command.def).

#pragma once

#include "../lists/list_kind.h"
#include "../weir.h"
#include "control_request.h"

#include <jansson.h>
#include <stdbool.h>

enum { LIST_NONE = LIST_COUNT };

struct handler_call {
	struct weir *weir;
	unsigned list; // enum list_kind, or LIST_NONE
	const struct control_request *request;
	json_t *reply; // an object; the handler adds its members
};

// False: the command failed, for the reason in `error`, and changed nothing. A reply to a failed command
// has the handler's members, too. In the thread of the socket (AT_ONCE), or in that of long commands.
typedef bool handler_function(const struct handler_call *call, struct error *error);

#define CONTROL_COMMAND(id, name, handler, ...) handler_function command_##handler;
#include "../../../lib/stats/control_command.def"

// Adds a text to the reply, whatever bytes it has: what is not UTF-8 is shown as ?. NULL adds nothing.
void handler_add_text(json_t *object, const char *name, const char *text);

// Adds an array of the lines of a text, which is cut up.
void handler_add_lines(json_t *object, const char *name, char *lines);
