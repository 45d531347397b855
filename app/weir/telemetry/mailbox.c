// SPDX-License-Identifier: BSD-3-Clause

#include "mailbox.h"

#include "../../common/monotonic.h"

#include <pthread.h>
#include <string.h>
#include <time.h>

enum { NAP_US = 20 };

// What workers read and write: one for each, so that one that stands still cannot come back to a
// question of somebody who has given up. `lock` makes those who ask take turns.
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct question letters[CONFIG_CPUS_MAX];

static bool
is_open(const struct worker *worker)
{
	return __atomic_load_n(&worker->question, __ATOMIC_ACQUIRE) != NULL;
}

// Until the worker has taken the letter out. False where it does not.
static bool
wait_for(const struct weir *weir, const struct worker *worker)
{
	const struct timespec nap = {.tv_nsec = NAP_US * 1000L};
	uint64_t late_ms = monotonic_ms() + MAILBOX_TIMEOUT_MS;

	while (is_open(worker)) {
		if (__atomic_load_n(&weir->stop, __ATOMIC_RELAXED))
			return false;
		nanosleep(&nap, NULL);
		if (monotonic_ms() > late_ms)
			return false;
	}
	return true;
}

static bool
exchange(const struct weir *weir, unsigned number, struct question *question)
{
	struct worker *worker = weir->workers[number];
	struct question *letter = &letters[number];

	if (is_open(worker)) // of somebody who gave up
		return false;
	memcpy(letter, question, offsetof(struct question, turns));
	letter->turns = 0;
	letter->count = 0;
	__atomic_store_n(&worker->question, letter, __ATOMIC_RELEASE);
	if (!wait_for(weir, worker))
		return false;
	memcpy(question, letter, sizeof(*question));
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
