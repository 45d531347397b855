// SPDX-License-Identifier: BSD-3-Clause
// Connects to a socket of Weir. Another thread can abort the connection.

#pragma once

#include "../telemetry_client/telemetry_socket.h"

#include <pthread.h>
#include <stdbool.h>

struct connector {
	int (*connect)(const char *path); // returns a connection, or -1 and errno
	char path[TELEMETRY_PATH_MAX];
	pthread_mutex_t lock; // guards the fields below
	int copy_fd; // duplicate of the connection in use, to shut it down; -1: none
	bool aborted;
};

void
connector_init(struct connector *connector, int (*connect)(const char *path), const char *path);

// A telemetry_connect_function whose context is the connector. For one thread.
int connector_connect(void *connector);

// Shuts the connection down and refuses further ones: a command that waits for its reply fails. Any
// thread.
void connector_abort(struct connector *connector);

void connector_close(struct connector *connector);
