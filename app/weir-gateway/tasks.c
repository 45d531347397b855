// SPDX-License-Identifier: BSD-3-Clause

#include "tasks.h"

#include "../common/monotonic.h"

#include <pthread.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

STAILQ_HEAD(task_list, task);

struct tasks {
	int event_fd;
	pthread_mutex_t lock; // guards the fields below
	pthread_cond_t work_available;
	bool stop;
	struct task_list submitted, completed;
};

struct tasks *
tasks_new(void)
{
	pthread_condattr_t attributes;
	struct tasks *tasks = calloc(1, sizeof(*tasks));

	if (tasks == NULL)
		return NULL;
	tasks->event_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (tasks->event_fd < 0) {
		free(tasks);
		return NULL;
	}
	STAILQ_INIT(&tasks->submitted);
	STAILQ_INIT(&tasks->completed);
	pthread_mutex_init(&tasks->lock, NULL);
	pthread_condattr_init(&attributes);
	pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	pthread_cond_init(&tasks->work_available, &attributes);
	pthread_condattr_destroy(&attributes);
	return tasks;
}

static void
drop(struct task *task)
{
	response_free(&task->response);
	free(task);
}

// Removes the first task of a list that is not cancelled. The caller holds the lock.
static struct task *
pop(struct task_list *list)
{
	struct task *task;

	while ((task = STAILQ_FIRST(list)) != NULL) {
		STAILQ_REMOVE_HEAD(list, next);
		if (!task->cancelled)
			return task;
		drop(task);
	}
	return NULL;
}

static void
drop_all(struct task_list *list)
{
	struct task *task;

	while ((task = pop(list)) != NULL)
		drop(task);
}

void
tasks_free(struct tasks *tasks)
{
	if (tasks == NULL)
		return;
	drop_all(&tasks->submitted);
	drop_all(&tasks->completed);
	pthread_mutex_destroy(&tasks->lock);
	pthread_cond_destroy(&tasks->work_available);
	close(tasks->event_fd);
	free(tasks);
}

int
tasks_fd(const struct tasks *tasks)
{
	return tasks->event_fd;
}

void
tasks_submit(struct tasks *tasks, struct task *task)
{
	pthread_mutex_lock(&tasks->lock);
	STAILQ_INSERT_TAIL(&tasks->submitted, task, next);
	pthread_cond_signal(&tasks->work_available);
	pthread_mutex_unlock(&tasks->lock);
}

struct task *
tasks_take(struct tasks *tasks)
{
	eventfd_t ignored;

	eventfd_read(tasks->event_fd, &ignored);
	pthread_mutex_lock(&tasks->lock);
	struct task *task = pop(&tasks->completed);

	pthread_mutex_unlock(&tasks->lock);
	return task;
}

void
tasks_cancel(struct tasks *tasks, struct task *task)
{
	pthread_mutex_lock(&tasks->lock);
	task->cancelled = true;
	pthread_mutex_unlock(&tasks->lock);
}

void
tasks_stop(struct tasks *tasks)
{
	pthread_mutex_lock(&tasks->lock);
	tasks->stop = true;
	pthread_cond_signal(&tasks->work_available);
	pthread_mutex_unlock(&tasks->lock);
}

struct task *
tasks_next(struct tasks *tasks, uint64_t wait_ms, bool *stop)
{
	struct timespec until = monotonic_after_ms(wait_ms);

	pthread_mutex_lock(&tasks->lock);
	struct task *task = tasks->stop ? NULL : pop(&tasks->submitted);

	if (task == NULL && !tasks->stop) {
		pthread_cond_timedwait(&tasks->work_available, &tasks->lock, &until);
		task = tasks->stop ? NULL : pop(&tasks->submitted);
	}
	*stop = tasks->stop;
	pthread_mutex_unlock(&tasks->lock);
	return task;
}

void
tasks_complete(struct tasks *tasks, struct task *task, struct response response)
{
	pthread_mutex_lock(&tasks->lock);
	task->response = response;
	STAILQ_INSERT_TAIL(&tasks->completed, task, next);
	pthread_mutex_unlock(&tasks->lock);
	eventfd_write(tasks->event_fd, 1);
}
