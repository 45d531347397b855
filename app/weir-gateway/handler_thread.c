// SPDX-License-Identifier: BSD-3-Clause

#include "handler_thread.h"

#include "dispatch.h"

#include <pthread.h>
#include <stdlib.h>

struct handler_thread {
	struct reply_cache *cache;
	struct gateway_stats *stats;
	struct history *history;
	struct tasks *tasks;
	pthread_t id;
};

static void *
work(void *context)
{
	struct handler_thread *thread = context;
	bool stop = false;

	while (!stop) {
		uint64_t wait_ms = history_sample(thread->history, thread->cache);
		struct task *task = tasks_next(thread->tasks, wait_ms, &stop);

		if (task != NULL)
			tasks_complete(
				thread->tasks,
				task,
				dispatch_request(
					&task->request,
					thread->cache,
					thread->stats,
					thread->history
				)
			);
	}
	return NULL;
}

struct handler_thread *
handler_thread_start(
	struct reply_cache *cache,
	struct gateway_stats *stats,
	struct history *history
)
{
	struct handler_thread *thread = calloc(1, sizeof(*thread));

	if (thread == NULL)
		return NULL;
	thread->cache = cache;
	thread->stats = stats;
	thread->history = history;
	thread->tasks = tasks_new();
	if (thread->tasks != NULL && pthread_create(&thread->id, NULL, work, thread) == 0)
		return thread;
	tasks_free(thread->tasks);
	free(thread);
	return NULL;
}

struct tasks *
handler_thread_tasks(const struct handler_thread *thread)
{
	return thread->tasks;
}

struct history *
handler_thread_history(const struct handler_thread *thread)
{
	return thread->history;
}

void
handler_thread_stop(struct handler_thread *thread)
{
	tasks_stop(thread->tasks);
	pthread_join(thread->id, NULL);
	tasks_free(thread->tasks);
	free(thread);
}
