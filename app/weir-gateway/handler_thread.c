// SPDX-License-Identifier: BSD-3-Clause

#include "handler_thread.h"

#include "../common/monotonic.h"
#include "dispatch.h"

#include <pthread.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

STAILQ_HEAD(tasks, task);

struct handler_thread {
	struct reply_cache *cache;
	struct gateway_stats *stats;
	struct history *history;
	pthread_t id;
	int event_fd;
	pthread_mutex_t lock; // guards the fields below
	pthread_cond_t work_available;
	bool stop;
	struct tasks submitted, completed;
};

static void
drop(struct task *task)
{
	response_free(&task->response);
	free(task);
}

// Removes the first task of a queue that is not cancelled. The caller holds the lock.
static struct task *
pop(struct tasks *tasks)
{
	struct task *task;

	while ((task = STAILQ_FIRST(tasks)) != NULL) {
		STAILQ_REMOVE_HEAD(tasks, next);
		if (!task->cancelled)
			return task;
		drop(task);
	}
	return NULL;
}

// Waits for a task or the end, for `wait_ms` at most. The caller holds the lock.
static void
wait_for_work(struct handler_thread *thread, uint64_t wait_ms)
{
	struct timespec until = monotonic_after_ms(wait_ms);

	pthread_cond_timedwait(&thread->work_available, &thread->lock, &until);
}

// Waits up to `wait_ms` for the next task; NULL: there is none.
static struct task *
next_task(struct handler_thread *thread, uint64_t wait_ms, bool *stop)
{
	pthread_mutex_lock(&thread->lock);
	struct task *task = thread->stop ? NULL : pop(&thread->submitted);

	if (task == NULL && !thread->stop) {
		wait_for_work(thread, wait_ms);
		task = thread->stop ? NULL : pop(&thread->submitted);
	}
	*stop = thread->stop;
	pthread_mutex_unlock(&thread->lock);
	return task;
}

static void
complete_task(struct handler_thread *thread, struct task *task)
{
	struct response response =
		dispatch_request(&task->request, thread->cache, thread->stats, thread->history);

	pthread_mutex_lock(&thread->lock);
	task->response = response;
	STAILQ_INSERT_TAIL(&thread->completed, task, next);
	pthread_mutex_unlock(&thread->lock);
	eventfd_write(thread->event_fd, 1);
}

static void *
work(void *context)
{
	struct handler_thread *thread = context;
	bool stop = false;

	while (!stop) {
		uint64_t wait_ms = history_sample(thread->history, thread->cache);
		struct task *task = next_task(thread, wait_ms, &stop);

		if (task != NULL)
			complete_task(thread, task);
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
	pthread_condattr_t attributes;
	struct handler_thread *thread = calloc(1, sizeof(*thread));

	if (thread == NULL)
		return NULL;
	thread->cache = cache;
	thread->stats = stats;
	thread->history = history;
	STAILQ_INIT(&thread->submitted);
	STAILQ_INIT(&thread->completed);
	pthread_mutex_init(&thread->lock, NULL);
	pthread_condattr_init(&attributes);
	pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	pthread_cond_init(&thread->work_available, &attributes);
	pthread_condattr_destroy(&attributes);
	thread->event_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (thread->event_fd >= 0 && pthread_create(&thread->id, NULL, work, thread) == 0)
		return thread;
	if (thread->event_fd >= 0)
		close(thread->event_fd);
	free(thread);
	return NULL;
}

struct history *
handler_thread_history(const struct handler_thread *thread)
{
	return thread->history;
}

int
handler_thread_fd(const struct handler_thread *thread)
{
	return thread->event_fd;
}

void
handler_thread_submit(struct handler_thread *thread, struct task *task)
{
	pthread_mutex_lock(&thread->lock);
	STAILQ_INSERT_TAIL(&thread->submitted, task, next);
	pthread_cond_signal(&thread->work_available);
	pthread_mutex_unlock(&thread->lock);
}

struct task *
handler_thread_take(struct handler_thread *thread)
{
	eventfd_t ignored;

	eventfd_read(thread->event_fd, &ignored);
	pthread_mutex_lock(&thread->lock);
	struct task *task = pop(&thread->completed);

	pthread_mutex_unlock(&thread->lock);
	return task;
}

void
handler_thread_cancel(struct handler_thread *thread, struct task *task)
{
	pthread_mutex_lock(&thread->lock);
	task->cancelled = true;
	pthread_mutex_unlock(&thread->lock);
}

static void
drop_all(struct tasks *tasks)
{
	struct task *task;

	while ((task = pop(tasks)) != NULL)
		drop(task);
}

void
handler_thread_stop(struct handler_thread *thread)
{
	pthread_mutex_lock(&thread->lock);
	thread->stop = true;
	pthread_cond_signal(&thread->work_available);
	pthread_mutex_unlock(&thread->lock);
	pthread_join(thread->id, NULL);
	drop_all(&thread->submitted);
	drop_all(&thread->completed);
	pthread_mutex_destroy(&thread->lock);
	pthread_cond_destroy(&thread->work_available);
	close(thread->event_fd);
	free(thread);
}
