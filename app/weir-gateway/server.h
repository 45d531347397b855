// SPDX-License-Identifier: BSD-3-Clause
// The HTTP server: connections, requests and responses, by libmicrohttpd. All of it runs in the HTTP
// thread, which calls server_run; requests that need Weir go to the handler thread.

#pragma once

#include "change_thread.h"
#include "gateway_stats.h"
#include "handler_thread.h"
#include "token.h"

#include <stdbool.h>

enum {
	SERVER_LISTENERS_MAX = 8,
	SERVER_IDLE_S = 10, // after which an idle connection is closed
	SERVER_REQUEST_MAX = 16384, // bytes of a request and of the head of its response
	SERVER_DESCRIPTORS = 1024, // of connections and everything else
};

struct server;

// Serves on listening sockets, which the server owns from then on. NULL where the system refuses.
struct server *server_new(
	const int *sockets,
	unsigned count,
	const struct tokens *tokens,
	struct handler_thread *handler_thread,
	struct change_thread *change_thread, // NULL: changes are off
	struct gateway_stats *stats
);

// Serves until `end_fd` can be read.
void server_run(struct server *server, int end_fd);

void server_free(struct server *server);
