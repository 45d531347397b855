// SPDX-License-Identifier: BSD-3-Clause

#include "errands.h"

#include <pthread.h>
#include <signal.h>
#include <stddef.h>
#include <unistd.h>

// One errand at a time: threads that have more wait for their turn.
static struct {
	pthread_mutex_t turn; // held by the thread that has an errand
	pthread_mutex_t lock; // of what follows
	pthread_cond_t done;
	bool open; // errands are run
	errand *function; // NULL: none waits
	void *argument;
} errands = {
	.turn = PTHREAD_MUTEX_INITIALIZER,
	.lock = PTHREAD_MUTEX_INITIALIZER,
	.done = PTHREAD_COND_INITIALIZER,
};

int
errands_signal(void)
{
	return SIGUSR1;
}

// Hands the errand over and waits until it has run, or never will.
static bool
wait_for_errand(errand *function, void *argument)
{
	pthread_mutex_lock(&errands.lock);
	bool runs = errands.open;

	if (runs) {
		errands.function = function;
		errands.argument = argument;
		kill(getpid(), errands_signal());
	}
	while (errands.function != NULL && errands.open)
		pthread_cond_wait(&errands.done, &errands.lock);
	if (errands.function != NULL) { // the control thread ended before
		errands.function = NULL;
		runs = false;
	}
	pthread_mutex_unlock(&errands.lock);
	return runs;
}

bool
errands_run(struct weir *weir, errand *function, void *argument)
{
	(void)weir;
	pthread_mutex_lock(&errands.turn);
	bool ran = wait_for_errand(function, argument);

	pthread_mutex_unlock(&errands.turn);
	return ran;
}

void
errands_serve(struct weir *weir)
{
	pthread_mutex_lock(&errands.lock);
	if (errands.function != NULL) {
		errands.function(weir, errands.argument);
		errands.function = NULL;
		pthread_cond_signal(&errands.done);
	}
	pthread_mutex_unlock(&errands.lock);
}

static void
set_open(bool open)
{
	pthread_mutex_lock(&errands.lock);
	errands.open = open;
	pthread_cond_broadcast(&errands.done);
	pthread_mutex_unlock(&errands.lock);
}

void
errands_begin(void)
{
	set_open(true);
}

void
errands_end(void)
{
	set_open(false);
}
