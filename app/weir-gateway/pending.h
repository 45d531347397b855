// SPDX-License-Identifier: BSD-3-Clause
// Pending exchanges: suspended until the handler thread has completed their task, or their deadline
// has passed. For the HTTP thread.

#pragma once

#include "exchange.h"

enum { PENDING_MS = 8000 }; // how long a client waits for Weir

struct pending {
	struct handler_thread *handler_thread;
	const struct gateway_stats *stats;
	struct exchanges exchanges; // next deadline first
};

void pending_init(
	struct pending *pending,
	struct handler_thread *handler_thread,
	const struct gateway_stats *stats
);

// Suspends the connection of `exchange` and submits its task. MHD_NO without memory.
enum MHD_Result pending_add(struct pending *pending, struct exchange *exchange);

// Resumes the exchanges whose tasks are complete.
void pending_complete(struct pending *pending);

// Resumes the exchanges whose deadline has passed, with an error as their response.
void pending_expire(struct pending *pending);

// Resumes all exchanges, with an error as their response: the gateway is ending.
void pending_abort(struct pending *pending);
