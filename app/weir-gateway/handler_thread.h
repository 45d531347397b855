// SPDX-License-Identifier: BSD-3-Clause
// The handler thread: runs the handlers of requests, which wait for Weir, so that the HTTP thread never
// waits. Between the two threads are a queue of submitted tasks and a queue of completed ones.
//
// All functions are for the HTTP thread.

#pragma once

#include "gateway_stats.h"
#include "history.h"
#include "reply_cache.h"
#include "request.h"
#include "response.h"

#include <sys/queue.h>

struct task {
	struct request request;
	struct response response; // owned by the handler thread until handler_thread_take
	void *context; // of the caller
	bool cancelled;
	STAILQ_ENTRY(task) next;
};

struct handler_thread;

// Starts the thread, which owns `cache` until handler_thread_stop and takes samples for `history`, with
// or without requests. NULL where the system refuses.
struct handler_thread *handler_thread_start(
	struct reply_cache *cache,
	struct gateway_stats *stats,
	struct history *history
);

struct history *handler_thread_history(const struct handler_thread *thread);

// An eventfd that is readable when a task is complete.
int handler_thread_fd(const struct handler_thread *thread);

// Submits a task (malloc), which the thread then owns.
void handler_thread_submit(struct handler_thread *thread, struct task *task);

// Takes a completed task, which the caller then owns. NULL: none.
struct task *handler_thread_take(struct handler_thread *thread);

// Cancels a task: it will never be taken, and the thread frees it.
void handler_thread_cancel(struct handler_thread *thread, struct task *task);

// Ends the thread. Waits for the command in progress, so abort its connection first.
void handler_thread_stop(struct handler_thread *thread);
