// SPDX-License-Identifier: BSD-3-Clause
// HTTP: connections, requests, answers, by libmicrohttpd. All of it in one thread, that which calls
// server_run; questions go to the asker.

#pragma once

#include "asker.h"
#include "own.h"
#include "token.h"

#include <poll.h>
#include <stdbool.h>

enum {
	SERVER_LISTENERS_MAX = 8,
	SERVER_ENDS_MAX = 2,
	SERVER_WAIT_MS = 8000, // that a client waits for an answer of Weir
	SERVER_IDLE_S = 10, // that a connection may be silent
	SERVER_REQUEST_MAX = 16384, // bytes of a request and of the head of its answer
	SERVER_DESCRIPTORS = 1024, // of connections, and all there is besides
};

struct server;

// Serves on sockets that listen already and become the server's. NULL where the system refuses.
struct server *server_new(
	const int *sockets,
	unsigned count,
	const struct token *token,
	struct asker *asker,
	struct own *own
);

// Serves until one of `ends`, at most SERVER_ENDS_MAX, has an event.
void server_run(struct server *server, const struct pollfd *ends, unsigned end_count);

void server_free(struct server *server);
