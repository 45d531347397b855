// SPDX-License-Identifier: BSD-3-Clause

#include "runner.h"

#include <stdlib.h>
#include <sys/eventfd.h>

// Waits for a job. NULL: the thread shall end.
static struct runner_job *
next_job(struct runner *runner)
{
	pthread_mutex_lock(&runner->lock);
	while (!runner->stop && STAILQ_EMPTY(&runner->waiting))
		pthread_cond_wait(&runner->wake, &runner->lock);
	struct runner_job *job = runner->stop ? NULL : STAILQ_FIRST(&runner->waiting);

	if (job != NULL)
		STAILQ_REMOVE_HEAD(&runner->waiting, next);
	pthread_mutex_unlock(&runner->lock);
	return job;
}

static void
finish(struct runner *runner, struct runner_job *job)
{
	pthread_mutex_lock(&runner->lock);
	STAILQ_INSERT_TAIL(&runner->done, job, next);
	pthread_mutex_unlock(&runner->lock);
	eventfd_write(runner->done_fd, 1);
}

static void *
runner_main(void *argument)
{
	struct runner *runner = argument;
	struct runner_job *job;

	pthread_setname_np(pthread_self(), "weir-command");
	while ((job = next_job(runner)) != NULL) {
		job->reply = perform(runner->weir, &job->request, &job->peer);
		finish(runner, job);
	}
	return NULL;
}

int
runner_start(struct runner *runner, struct weir *weir, int done_fd)
{
	*runner = (struct runner){.weir = weir, .done_fd = done_fd};
	STAILQ_INIT(&runner->waiting);
	STAILQ_INIT(&runner->done);
	pthread_mutex_init(&runner->lock, NULL);
	pthread_cond_init(&runner->wake, NULL);
	return pthread_create(&runner->thread, NULL, runner_main, runner);
}

void
runner_job_free(struct runner_job *job)
{
	control_request_free(&job->request);
	free(job->reply);
	free(job);
}

static void
free_all(struct runner_jobs *jobs)
{
	while (!STAILQ_EMPTY(jobs)) {
		struct runner_job *job = STAILQ_FIRST(jobs);

		STAILQ_REMOVE_HEAD(jobs, next);
		runner_job_free(job);
	}
}

void
runner_stop(struct runner *runner)
{
	pthread_mutex_lock(&runner->lock);
	runner->stop = true;
	pthread_cond_signal(&runner->wake);
	pthread_mutex_unlock(&runner->lock);
	pthread_join(runner->thread, NULL);
	free_all(&runner->waiting);
	free_all(&runner->done);
	pthread_cond_destroy(&runner->wake);
	pthread_mutex_destroy(&runner->lock);
}

void
runner_submit(struct runner *runner, struct runner_job *job)
{
	pthread_mutex_lock(&runner->lock);
	STAILQ_INSERT_TAIL(&runner->waiting, job, next);
	pthread_cond_signal(&runner->wake);
	pthread_mutex_unlock(&runner->lock);
}

struct runner_job *
runner_take(struct runner *runner)
{
	pthread_mutex_lock(&runner->lock);
	struct runner_job *job = STAILQ_FIRST(&runner->done);

	if (job != NULL)
		STAILQ_REMOVE_HEAD(&runner->done, next);
	pthread_mutex_unlock(&runner->lock);
	return job;
}
