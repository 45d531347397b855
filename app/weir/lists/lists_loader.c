// SPDX-License-Identifier: BSD-3-Clause
// The thread that loads lists, and its start and end.

#include "../../common/memory.h"
#include "../../common/monotonic.h"
#include "../../common/service/capabilities.h"
#include "../log/log.h"
#include "lists_end.h"
#include "lists_state.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

enum {
	LOOK_MS = 1000, // how often the thread looks for ended entries
	LINES_MAX = 1000, // wrong lines of a list that are logged
	LINE_MS = 10, // one of them: half of what log.rate allows by default
};

// The loader thread.
static struct {
	pthread_t thread;
	bool running; // the thread exists
	pthread_mutex_t lock; // of what follows
	pthread_cond_t wake;
	bool follow; // the configuration may have changed
	bool stop; // others read it by an atomic load
} loader = {.lock = PTHREAD_MUTEX_INITIALIZER};

bool
lists_goes_on(void *weir)
{
	return !__atomic_load_n(&loader.stop, __ATOMIC_RELAXED)
		&& boot_watch_goes_on(&((struct weir *)weir)->watch);
}

// --- loading ------------------------------------------------------------------------------------

// Waits for something to do, at most `ms`. False: there is something.
static bool
rest_ms(uint64_t ms)
{
	struct timespec until = monotonic_after_ms(ms);
	int result = 0;

	pthread_mutex_lock(&loader.lock);
	while (!loader.stop && !loader.follow && result == 0)
		result = pthread_cond_timedwait(&loader.wake, &loader.lock, &until);
	bool idle = !loader.stop && !loader.follow;

	pthread_mutex_unlock(&loader.lock);
	return idle;
}

// Logs lines so slowly that log.rate lets them through, until there is something to do.
static void
log_lines(enum list_kind kind, char *lines)
{
	char *rest = NULL;

	for (char *line = strtok_r(lines, "\n", &rest); line != NULL;
	     line = strtok_r(NULL, "\n", &rest)) {
		log_error("%s list: %s", list_kinds[kind].name, line);
		if (*rest != '\0' && !rest_ms(LINE_MS))
			break;
	}
}

// Loads a list where it changed, and logs what is wrong.
static void
follow(struct weir *weir, enum list_kind kind)
{
	struct error error;
	char *lines;
	size_t size;
	FILE *errors = memory_stream(&lines, &size);

	if (errors == NULL)
		return;
	pthread_mutex_lock(&lists_work);
	bool done = lists_load(weir, kind, false, errors, LINES_MAX, &error);

	pthread_mutex_unlock(&lists_work);
	fclose(errors);
	if (!done && lists_goes_on(weir)) {
		log_error("%s list: what was in force stays", list_kinds[kind].name);
		log_lines(kind, lines);
	}
	free(lines);
}

// Waits for something to do, or the next look. False: the thread shall end.
static bool
wait_look(bool *follows)
{
	rest_ms(LOOK_MS);
	pthread_mutex_lock(&loader.lock);
	*follows = loader.follow;
	loader.follow = false;
	bool go_on = !loader.stop;

	pthread_mutex_unlock(&loader.lock);
	return go_on;
}

static void *
loader_main(void *argument)
{
	struct weir *weir = argument;
	bool follows;

	pthread_setname_np(pthread_self(), "weir-lists");
	while (wait_look(&follows)) {
		for (enum list_kind kind = 0; kind < LIST_COUNT && follows; kind++)
			follow(weir, kind);
		lists_end_look(weir);
	}
	return NULL;
}

void
lists_follow(struct weir *weir)
{
	(void)weir;
	pthread_mutex_lock(&loader.lock);
	loader.follow = true;
	if (loader.running)
		pthread_cond_signal(&loader.wake);
	pthread_mutex_unlock(&loader.lock);
}

// --- start and end ------------------------------------------------------------------------------

// The thread inherits the CPU of the control thread, but leaves signals to it. Returns an errno, or 0.
static int
start_thread(struct weir *weir)
{
	pthread_condattr_t monotonic;
	sigset_t all, before;

	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(&loader.wake, &monotonic);
	pthread_condattr_destroy(&monotonic);
	loader.follow = false;
	capabilities_other_signals(&all
	); // the only one of these threads that starts before they are dropped
	pthread_sigmask(SIG_SETMASK, &all, &before);
	int reason = pthread_create(&loader.thread, NULL, loader_main, weir);

	pthread_sigmask(SIG_SETMASK, &before, NULL);
	loader.running = reason == 0;
	return reason;
}

// Tells the progress of the start what lists take: while one is read about its file twice.
static void
tell_need(struct weir *weir)
{
	uint32_t need_mb = __atomic_load_n(&weir->watch.need_mb, __ATOMIC_RELAXED);
	struct list_stamp stamp;

	for (enum list_kind kind = 0; kind < LIST_COUNT; kind++)
		if (list_kind_mode(kind, weir->config) != ACCESS_OFF
		    && list_stamp_read(&stamp, list_kind_path(kind, weir->config)))
			need_mb += (uint32_t)(2 * stamp.size >> 20);
	__atomic_store_n(&weir->watch.need_mb, need_mb, __ATOMIC_RELAXED);
}

static bool
load_all(struct weir *weir, struct error *error)
{
	char *lines; // the check before the start has told them
	size_t size;
	FILE *errors = memory_stream(&lines, &size);
	bool done = true;

	if (errors == NULL)
		return error_set(error, NULL, "no memory for lists");
	pthread_mutex_lock(&lists_work);
	for (enum list_kind kind = 0; kind < LIST_COUNT && done; kind++)
		done = lists_load(weir, kind, true, errors, 0, error);
	pthread_mutex_unlock(&lists_work);
	fclose(errors);
	free(lines);
	return done;
}

bool
lists_up(struct weir *weir, struct error *error)
{
	loader.stop = false;
	for (enum list_kind kind = 0; kind < LIST_COUNT; kind++)
		lists[kind].info.name = list_kinds[kind].name;
	tell_need(weir);
	lists_publish_directly(true);
	bool done = load_all(weir, error);

	lists_publish_directly(false);
	int reason = done ? start_thread(weir) : 0;

	if (reason != 0)
		done = error_set(
			error, NULL, "the thread for lists does not start: %s", strerror(reason)
		);
	if (!done)
		lists_down(weir);
	return done;
}

static void
stop_thread(void)
{
	pthread_mutex_lock(&loader.lock);
	__atomic_store_n(&loader.stop, true, __ATOMIC_RELAXED);
	if (loader.running)
		pthread_cond_signal(&loader.wake);
	pthread_mutex_unlock(&loader.lock);
	if (!loader.running)
		return;
	pthread_join(loader.thread, NULL);
	loader.running = false;
	pthread_cond_destroy(&loader.wake);
}

// The objects are retired like any other; publish_down frees them.
void
lists_down(struct weir *weir)
{
	stop_thread();
	lists_publish_directly(true);
	pthread_mutex_lock(&lists_work);
	for (enum list_kind kind = 0; kind < LIST_COUNT; kind++) {
		struct list_table none = {0};

		if (lists[kind].mode != ACCESS_OFF)
			lists_publish(weir, kind, ACCESS_OFF, &none);
		lists[kind] = (struct list){0};
	}
	pthread_mutex_unlock(&lists_work);
	lists_publish_directly(false);
}
