// SPDX-License-Identifier: BSD-3-Clause
// The handler thread: runs the handlers of requests that read Weir's telemetry.
//
// All functions are for the HTTP thread.

#pragma once

#include "gateway_stats.h"
#include "history.h"
#include "reply_cache.h"
#include "tasks.h"

struct handler_thread;

// Starts the thread, which owns `cache` until handler_thread_stop and takes samples for `history`, with
// or without requests. NULL where the system refuses.
struct handler_thread *handler_thread_start(
	struct reply_cache *cache,
	struct gateway_stats *stats,
	struct history *history
);

struct tasks *handler_thread_tasks(const struct handler_thread *thread);
struct history *handler_thread_history(const struct handler_thread *thread);

// Ends the thread. Waits for the command in progress, so abort its connection first.
void handler_thread_stop(struct handler_thread *thread);
