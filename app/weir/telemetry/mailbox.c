// SPDX-License-Identifier: BSD-3-Clause

#include "mailbox.h"

#include "../../common/monotonic.h"

#include <pthread.h>
#include <string.h>
#include <time.h>

enum { NAP_US = 20 };

// The questions that workers read and answer: one for each worker, because a stuck worker may still write
// its answer after the thread that asked has timed out. `lock` lets one thread ask at a time.
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct question questions[CONFIG_CPUS_MAX];

// Whether the mailbox has a question that is not answered yet.
static bool
is_open(const struct worker *worker)
{
	return __atomic_load_n(&worker->question, __ATOMIC_ACQUIRE) != NULL;
}

// Waits until the worker has answered. False: it does not.
static bool
wait_for_answer(const struct weir *weir, const struct worker *worker)
{
	const struct timespec nap = {.tv_nsec = NAP_US * 1000L};
	uint64_t deadline_ms = monotonic_ms() + MAILBOX_TIMEOUT_MS;

	while (is_open(worker)) {
		if (__atomic_load_n(&weir->stop, __ATOMIC_RELAXED))
			return false;
		nanosleep(&nap, NULL);
		if (monotonic_ms() > deadline_ms)
			return false;
	}
	return true;
}

static bool
exchange(const struct weir *weir, unsigned number, struct question *question)
{
	struct worker *worker = weir->workers[number];
	struct question *asked = &questions[number];

	if (is_open(worker)) // of a thread that timed out
		return false;
	memcpy(asked, question, offsetof(struct question, turns));
	asked->turns = 0;
	asked->count = 0;
	asked->saved = (struct shard_saved){0};
	asked->cycles = 0;
	__atomic_store_n(&worker->question, asked, __ATOMIC_RELEASE);
	bell_ring(weir->bells.workers[number]);
	if (!wait_for_answer(weir, worker))
		return false;
	memcpy(question, asked, sizeof(*question));
	return true;
}

bool
mailbox_ask(const struct weir *weir, unsigned worker, struct question *question)
{
	pthread_mutex_lock(&lock);
	bool answered = exchange(weir, worker, question);

	pthread_mutex_unlock(&lock);
	return answered;
}
