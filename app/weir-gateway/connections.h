// SPDX-License-Identifier: BSD-3-Clause
// Open connections in the order of their last sign of a request, so that those that only sit there
// can be cut: idle ones neither keep others out nor make memory grow.
//
// Cutting is shutdown(2): whoever reads the socket then sees its end and closes it. One thread.

#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>

enum {
	CONNECTIONS_MAX = 512, // kept; the oldest is cut for a newcomer
	CONNECTIONS_LIMIT = 640, // accepted, while those cut are on their way out
	CONNECTIONS_REQUEST_MS = 30000, // that a request and its answer may take
	CONNECTIONS_QUIET_MS = 1000, // that one whose client says no more is kept
};

struct connection {
	TAILQ_ENTRY(connection) next;
	int fd;
	bool cut;
	bool busy; // between a request and the end of its answer
	uint64_t since_ms; // opened, or began or ended its last request
};

TAILQ_HEAD(connection_list, connection);

struct connections {
	struct connection_list list; // oldest first
	unsigned count; // of those not cut
	unsigned cuts; // ever
};

void connections_init(struct connections *connections);

// NULL without memory. May cut another.
struct connection *connections_open(struct connections *connections, int fd, uint64_t now_ms);

// A request begins, or its answer has ended.
void connections_touch(
	struct connections *connections,
	struct connection *connection,
	bool busy,
	uint64_t now_ms
);

void connections_close(struct connections *connections, struct connection *connection);

// Cuts those that take too long, and quiet ones whose client has shut down its side:
// libmicrohttpd misses that where it comes together with the last bytes. To be called every second.
void connections_sweep(struct connections *connections, uint64_t now_ms);
