// SPDX-License-Identifier: BSD-3-Clause
// The question of a command, or as many as its LIMIT takes.

#pragma once

#include "ask.h"
#include "command.h"

// The reply, with lists, which the caller frees; NULL: `error` says why. `words` are the command's
// arguments, checked. Several questions are not one moment: torrents that come or go in between move
// the rest.
json_t *
fetch(struct ask *ask,
      const struct command *command,
      const char *const *words,
      unsigned word_count,
      struct ask_error *error);
