// SPDX-License-Identifier: BSD-3-Clause
// Connects to a socket of Weir: through the monitor process, or directly. Another thread can abort the connection.

#pragma once

#include "../telemetry_client/telemetry_socket.h"
#include "privsep.h"

#include <pthread.h>
#include <stdbool.h>

struct connector {
	enum privsep_socket socket;
	char path[TELEMETRY_PATH_MAX];
	int monitor_fd; // of the monitor process; -1: connect directly
	pthread_mutex_t lock; // guards the fields below
	int copy_fd; // duplicate of the connection in use, to shut it down; -1: none
	bool aborted;
};

void connector_init(
	struct connector *connector,
	enum privsep_socket socket,
	const char *path,
	int monitor_fd
);

// A telemetry_connect_function whose context is the connector. For one thread.
int connector_connect(void *connector);

// Shuts the connection down and refuses further ones: a command that waits for its reply fails. Any
// thread.
void connector_abort(struct connector *connector);

void connector_close(struct connector *connector);
