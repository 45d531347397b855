// SPDX-License-Identifier: BSD-3-Clause
// The way to Weir's socket, for telemetry_client_new_by: through the keeper, or by ourselves.

#pragma once

#include "../telemetry_client/telemetry_client.h"

#include <pthread.h>
#include <stdbool.h>

struct link {
	char path[TELEMETRY_PATH_MAX];
	int keeper_fd; // -1: we connect ourselves
	pthread_mutex_t lock; // of what follows
	int copy_fd; // of the connection in use, so that it can be cut; -1: none
	bool cut;
};

void link_init(struct link *link, const char *path, int keeper_fd);

// An telemetry_connect_function; `link` is its context. The thread that asks.
int link_dial(void *link);

// Cuts the connection short and lets no other be made: a question that waits for its answer gets
// an error. Any thread.
void link_cut(struct link *link);

void link_close(struct link *link);
