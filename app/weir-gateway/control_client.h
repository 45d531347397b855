// SPDX-License-Identifier: BSD-3-Clause
// Client of Weir's control socket: a JSON object a line, a connection for each command. For the change
// thread.

#pragma once

#include "../common/error.h"
#include "connector.h"

#include <jansson.h>

enum {
	CONTROL_CLIENT_TIMEOUT_MS = 20000, // for a reply: lists of millions of entries take seconds
	CONTROL_CLIENT_REPLY_MAX = 65536, // bytes
};

// Sends a command and returns the reply, an object, which the caller frees (json_decref). NULL: `error`
// says why. Whether Weir has done it is then unknown, unless it could not be reached.
json_t *control_client_ask(struct connector *connector, const json_t *command, struct error *error);
