// SPDX-License-Identifier: BSD-3-Clause
// Questions and their replies, with lists (value.h): as many questions as a reply takes.

#pragma once

#include "command.h"
#include "telemetry_client.h"

// One question; the caller frees the reply. NULL: `error` says why. `id`: the reply is a list, and
// that is what its numbers are; of a long one, rows that one reply had no room for are asked for,
// too.
json_t *fetch_reply(
	struct telemetry_client *client,
	const char *question,
	const char *id,
	struct telemetry_error *error
);

// A command's. `words` are its arguments, checked. Several questions are not one moment: torrents
// that come or go in between move the rest.
json_t *
fetch(struct telemetry_client *client,
      const struct command *command,
      const char *const *words,
      unsigned word_count,
      struct telemetry_error *error);
