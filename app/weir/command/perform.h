// SPDX-License-Identifier: BSD-3-Clause
// From a request to the text of its reply.

#pragma once

#include "handlers.h"

#include <sys/socket.h>

enum { PERFORM_REPLY_MAX = 4 << 20 }; // bytes

// Runs the command, and logs who changed what. Returns the reply, a line with its line feed, the caller's
// to free; NULL: no memory.
char *perform(struct weir *weir, const struct control_request *request, const struct ucred *peer);

// A reply that says what is wrong: each of `errors`, an array of texts.
char *perform_refuse(json_t *errors);
char *perform_refuse_text(const char *text);
