// SPDX-License-Identifier: BSD-3-Clause
// Open connections, ordered by their last activity. The longest idle ones are cut, so that they neither
// keep others out nor use memory.
//
// To cut a connection is to shutdown(2) it: libmicrohttpd then reads its end and closes it. One thread.

#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>

enum {
	CONNECTIONS_MAX = 512, // maximum kept; a new one replaces the longest idle one
	CONNECTIONS_LIMIT = 640, // maximum accepted, while connections that were cut are closing
	CONNECTIONS_REQUEST_MS = 30000, // maximum for a request with its response
	CONNECTIONS_QUIET_MS = 1000, // for which a half-closed connection is kept
};

struct connection {
	TAILQ_ENTRY(connection) next;
	int fd;
	bool cut;
	bool busy; // between a request and the end of its response
	uint64_t since_ms; // when it was opened, or began or ended its last request
};

TAILQ_HEAD(connection_list, connection);

struct connections {
	struct connection_list list; // oldest first
	unsigned count; // without those that were cut
	unsigned cuts; // since start
};

void connections_init(struct connections *connections);

// NULL without memory. May cut another connection.
struct connection *connections_open(struct connections *connections, int fd, uint64_t now_ms);

// Notes that a request begins, or that its response has ended.
void connections_touch(
	struct connections *connections,
	struct connection *connection,
	bool busy,
	uint64_t now_ms
);

void connections_close(struct connections *connections, struct connection *connection);

// Cuts connections that take too long, and idle ones that their clients have half-closed: libmicrohttpd
// misses a half-close that arrives together with the last bytes. Call it every second.
void connections_sweep(struct connections *connections, uint64_t now_ms);
