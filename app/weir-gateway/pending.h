// SPDX-License-Identifier: BSD-3-Clause
// Pending exchanges: suspended until the handler thread, or the change thread after it, has completed
// their task, or their deadline has passed. For the HTTP thread.

#pragma once

#include "change_thread.h"
#include "exchange.h"

#include <poll.h>

enum {
	PENDING_MS = 8000, // how long a client waits for Weir
	PENDING_FDS = 2,
};

struct pending {
	struct handler_thread *handler_thread;
	struct change_thread *change_thread; // NULL: changes are off
	const struct gateway_stats *stats;
	struct exchanges exchanges; // next deadline first
};

void pending_init(
	struct pending *pending,
	struct handler_thread *handler_thread,
	struct change_thread *change_thread,
	const struct gateway_stats *stats
);

// What to poll: descriptors that are readable when a task is complete. Returns how many there are.
unsigned pending_fds(const struct pending *pending, struct pollfd fds[PENDING_FDS]);

// Suspends the connection of `exchange` and submits its task. MHD_NO without memory.
enum MHD_Result pending_add(struct pending *pending, struct exchange *exchange);

// Resumes the exchanges whose tasks are complete.
void pending_complete(struct pending *pending);

// Resumes the exchanges whose deadline has passed, with an error as their response.
void pending_expire(struct pending *pending);

// Resumes all exchanges, with an error as their response: the gateway is ending.
void pending_abort(struct pending *pending);
