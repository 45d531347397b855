// SPDX-License-Identifier: BSD-3-Clause

#include "pending.h"

#include "../common/monotonic.h"
#include "changes.h"
#include "dispatch.h"

#include <stdio.h>
#include <stdlib.h>

void
pending_init(
	struct pending *pending,
	struct handler_thread *handler_thread,
	struct change_thread *change_thread,
	const struct gateway_stats *stats
)
{
	pending->handler_thread = handler_thread;
	pending->change_thread = change_thread;
	pending->stats = stats;
	TAILQ_INIT(&pending->exchanges);
}

unsigned
pending_fds(const struct pending *pending, struct pollfd fds[PENDING_FDS])
{
	unsigned count = 0;

	fds[count++] = (struct pollfd){
		.fd = tasks_fd(handler_thread_tasks(pending->handler_thread)), .events = POLLIN};
	if (pending->change_thread != NULL)
		fds[count++] = (struct pollfd
		){.fd = tasks_fd(change_thread_tasks(pending->change_thread)), .events = POLLIN};
	return count;
}

static void
submit(struct exchange *exchange, struct tasks *tasks)
{
	exchange->tasks = tasks;
	tasks_submit(tasks, exchange->task);
}

enum MHD_Result
pending_add(struct pending *pending, struct exchange *exchange)
{
	struct task *task = calloc(1, sizeof(*task));

	if (task == NULL)
		return MHD_NO;
	task->request = exchange->request;
	task->context = exchange;
	exchange->task = task;
	exchange->deadline_ms = monotonic_ms() + PENDING_MS;
	TAILQ_INSERT_TAIL(&pending->exchanges, exchange, next);
	MHD_suspend_connection(exchange->connection);
	submit(exchange, handler_thread_tasks(pending->handler_thread));
	return MHD_YES;
}

static void
resume(struct pending *pending, struct exchange *exchange, struct response response)
{
	exchange->response = response;
	exchange->task = NULL;
	TAILQ_REMOVE(&pending->exchanges, exchange, next);
	MHD_resume_connection(exchange->connection);
}

static void
complete(struct pending *pending, struct tasks *tasks)
{
	struct task *task;

	while ((task = tasks_take(tasks)) != NULL) {
		if (task->response.status == 0) {
			submit(task->context, change_thread_tasks(pending->change_thread));
			continue;
		}
		resume(pending, task->context, task->response);
		free(task);
	}
}

void
pending_complete(struct pending *pending)
{
	complete(pending, handler_thread_tasks(pending->handler_thread));
	if (pending->change_thread != NULL)
		complete(pending, change_thread_tasks(pending->change_thread));
}

static void
cancel(struct pending *pending, struct exchange *exchange, const char *why)
{
	struct telemetry_error error = {
		.code = TELEMETRY_UNREACHABLE, .cause = TELEMETRY_CAUSE_SILENT};

	snprintf(error.text, sizeof(error.text), "%s", why);
	tasks_cancel(exchange->tasks, exchange->task);
	resume(pending,
	       exchange,
	       dispatch_unavailable(
		       &exchange->request,
		       &error,
		       pending->stats,
		       handler_thread_history(pending->handler_thread)
	       ));
}

void
pending_expire(struct pending *pending)
{
	struct exchange *exchange;

	while ((exchange = TAILQ_FIRST(&pending->exchanges)) != NULL
	       && monotonic_ms() >= exchange->deadline_ms)
		cancel(pending,
		       exchange,
		       changes_has(exchange->request.route)
			       ? "Weir did not answer in time: a change may have been made or not"
			       : "Weir did not answer in time");
}

void
pending_abort(struct pending *pending)
{
	while (!TAILQ_EMPTY(&pending->exchanges))
		cancel(pending, TAILQ_FIRST(&pending->exchanges), "weir-gateway is ending");
}
