// SPDX-License-Identifier: BSD-3-Clause
// Fetches replies, with lists (rows.h). A long list takes several telemetry commands.

#pragma once

#include "command.h"
#include "telemetry_client.h"

// Sends a telemetry command; the caller frees the reply. NULL: `error` says why. `object`: the
// reply is a list of these, and each row gets its number under the key of the object; rows that did not
// fit into one reply are fetched one by one. OBJECT_NONE: the reply is not a list.
json_t *fetch_reply(
	struct telemetry_client *client,
	const char *command_text,
	enum field_object object,
	struct telemetry_error *error
);

// Fetches what a command of weirctl shows. `words` are its arguments, checked. Pages are fetched one
// after the other: torrents that appear or disappear in between shift the rest.
json_t *
fetch(struct telemetry_client *client,
      const struct command *command,
      const char *const *words,
      unsigned word_count,
      struct telemetry_error *error);
