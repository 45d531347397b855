// SPDX-License-Identifier: BSD-3-Clause
// Commands that change a running Weir, over its control socket: `access add` is the row access.add of
// lib/stats/control_command.def, `reload` the row of that name. Pure.

#pragma once

#include "../../lib/stats/control_command.h"

#include <stddef.h>

enum { ACTION_WORDS_MAX = 96 };

// Whether a command of weirctl goes to the control socket.
bool action_is_control(const char *command);

// The row of a command and its action; NULL: there is none. `action` is NULL where no word follows.
const struct control_command *action_find(const char *command, const char *action);

// The actions of a command, as "add|remove"; "" where it has none, being one itself.
void action_words(const char *command, char words[ACTION_WORDS_MAX]);

// The action in the name of a row: "add"; the name itself where it has one word.
const char *action_of(const struct control_command *row);

// What the entries of a command are, for messages: "torrent", "torrents".
const char *action_noun(const struct control_command *row, bool plural);
