// SPDX-License-Identifier: BSD-3-Clause

#include "change_thread.h"

#include "changes.h"

#include <pthread.h>
#include <stdlib.h>

enum { WAIT_MS = 60000 };

struct change_thread {
	struct connector *connector;
	struct gateway_stats *stats;
	struct tasks *tasks;
	pthread_t id;
};

static void
make(struct change_thread *thread, struct task *task)
{
	struct response response = changes_make(&task->request, thread->connector);

	gateway_stats_count_change(thread->stats, response.status == 200);
	tasks_complete(thread->tasks, task, response);
}

static void *
work(void *context)
{
	struct change_thread *thread = context;
	bool stop = false;

	while (!stop) {
		struct task *task = tasks_next(thread->tasks, WAIT_MS, &stop);

		if (task != NULL)
			make(thread, task);
	}
	return NULL;
}

struct change_thread *
change_thread_start(struct connector *connector, struct gateway_stats *stats)
{
	struct change_thread *thread = calloc(1, sizeof(*thread));

	if (thread == NULL)
		return NULL;
	thread->connector = connector;
	thread->stats = stats;
	thread->tasks = tasks_new();
	if (thread->tasks != NULL && pthread_create(&thread->id, NULL, work, thread) == 0)
		return thread;
	tasks_free(thread->tasks);
	free(thread);
	return NULL;
}

struct tasks *
change_thread_tasks(const struct change_thread *thread)
{
	return thread->tasks;
}

void
change_thread_stop(struct change_thread *thread)
{
	if (thread == NULL)
		return;
	tasks_stop(thread->tasks);
	pthread_join(thread->id, NULL);
	tasks_free(thread->tasks);
	free(thread);
}
