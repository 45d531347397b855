// SPDX-License-Identifier: BSD-3-Clause
// All clients of the control socket, and the loop that serves them with poll(2), in a thread of its own. It
// never waits for a client or a command: long commands go to the runner.

#pragma once

#include "client.h"
#include "control_socket.h"
#include "runner.h"

enum { CLIENTS_MAX = 64 };

struct control_clients {
	struct weir *weir;
	const struct control_socket *listening;
	struct runner *runner;
	int wake_fd; // an eventfd: a job is done, or the loop shall end
	bool stop; // written by another thread, before wake_fd
	uint64_t accepted; // clients, ever
	uint64_t deaf_until_ms; // no connection can be taken until then
	struct client all[CLIENTS_MAX];
};

void control_clients_init(
	struct control_clients *clients,
	struct weir *weir,
	const struct control_socket *listening,
	struct runner *runner,
	int wake_fd
);

// Serves until `stop` is set.
void control_clients_run(struct control_clients *clients);

// Closes all. The runner must have ended.
void control_clients_free(struct control_clients *clients);
