// SPDX-License-Identifier: BSD-3-Clause
// Client of Weir's control socket (docs/control.md): a JSON object a line, and one back.

#pragma once

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

struct control_client {
	int fd;
	FILE *in;
};

// False: a message has been written to `errors`.
bool control_client_open(struct control_client *client, const char *path, FILE *errors);
void control_client_close(struct control_client *client);

// Sends a request and waits for its reply, however long that takes. NULL: a message has been written.
json_t *control_client_ask(
	struct control_client *client,
	const json_t *request,
	const char *path,
	FILE *errors
);
