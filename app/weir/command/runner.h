// SPDX-License-Identifier: BSD-3-Clause
// The thread that runs commands that may take long, one after the other, in the order in which they came.

#pragma once

#include "control_request.h"
#include "perform.h"

#include <pthread.h>
#include <sys/queue.h>

// A request for the thread of long commands. It has one owner at a time: the thread of the socket hands it over
// under a lock and gets it back with the reply.
struct runner_job {
	STAILQ_ENTRY(runner_job) next;
	struct control_request request;
	struct ucred peer;
	uint64_t client; // whose it is
	char *reply; // once it is done; NULL: no memory
};

STAILQ_HEAD(runner_jobs, runner_job);

struct runner {
	struct weir *weir;
	int done_fd; // an eventfd that is written to when a job is done
	pthread_t thread;
	pthread_mutex_t lock; // of what follows
	pthread_cond_t wake;
	bool stop;
	struct runner_jobs waiting, done;
};

// Starts the thread. Returns an errno, or 0.
int runner_start(struct runner *runner, struct weir *weir, int done_fd);

// Ends it after the job that it runs; the others are thrown away.
void runner_stop(struct runner *runner);

// Hands over a job, and takes back one that is done (NULL: none). The thread of the socket.
void runner_submit(struct runner *runner, struct runner_job *job);
struct runner_job *runner_take(struct runner *runner);

void runner_job_free(struct runner_job *job);
