// SPDX-License-Identifier: BSD-3-Clause
// Tasks of a thread that waits for Weir, so that the HTTP thread never waits: a queue of submitted ones
// and a queue of completed ones.

#pragma once

#include "request.h"
#include "response.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>

struct task {
	struct request request;
	struct response response; // owned by the thread until tasks_take
	void *context; // of the caller
	bool cancelled;
	STAILQ_ENTRY(task) next;
};

struct tasks;

// NULL where the system refuses.
struct tasks *tasks_new(void);
void tasks_free(struct tasks *tasks); // with the tasks in it; the thread has ended; NULL too

// --- HTTP thread --------------------------------------------------------------------------------

// An eventfd that is readable when a task is complete.
int tasks_fd(const struct tasks *tasks);

// Submits a task (malloc), which the thread then owns.
void tasks_submit(struct tasks *tasks, struct task *task);

// Takes a completed task, which the caller then owns. NULL: none.
struct task *tasks_take(struct tasks *tasks);

// Cancels a task: it will never be taken, and is freed. One that the thread has not begun is not begun.
void tasks_cancel(struct tasks *tasks, struct task *task);

// Tells the thread to end.
void tasks_stop(struct tasks *tasks);

// --- the thread ---------------------------------------------------------------------------------

// Waits up to `wait_ms` for the next task; NULL: there is none. *stop: the thread is to end.
struct task *tasks_next(struct tasks *tasks, uint64_t wait_ms, bool *stop);

void tasks_complete(struct tasks *tasks, struct task *task, struct response response);
