// SPDX-License-Identifier: BSD-3-Clause
// A request of the control socket: one line with a JSON object, checked against the table of commands
// (lib/stats/control_command.def). Any bytes may come. Pure; any thread.

#pragma once

#include "../../../lib/stats/control_command.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	CONTROL_REQUEST_MAX = 1 << 20, // bytes of a line, without its line feed
	CONTROL_ENTRY_MAX = 4000, // bytes of a text in an array
	CONTROL_ERRORS_MAX = 100, // told of one request
};

struct control_request {
	enum control_command_number command;
	// Members; those that are not given are 0 or NULL. Texts have no control characters.
	const char **entries;
	unsigned entry_count;
	const char *reason;
	uint32_t for_s, until_s, in_s, offset, limit;
	json_t *json; // holds the texts
};

// Parses `len` bytes. False: `errors`, an array, has a sentence for each mistake, which begins with the
// member that it is about. The caller frees a request that was parsed.
bool control_request_parse(
	struct control_request *request,
	const char *line,
	size_t len,
	json_t *errors
);

void control_request_free(struct control_request *request);
