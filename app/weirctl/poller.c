// SPDX-License-Identifier: BSD-3-Clause

#include "poller.h"

#include "../common/monotonic.h"

#include <errno.h>
#include <math.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

struct poller {
	struct telemetry_client *client; // used by the thread alone
	double every_s;
	int event_fd;
	pthread_mutex_t lock;
	pthread_cond_t query_changed;
	struct detail_query query; // guarded by `lock`, as all below
	struct snapshot newest;
	struct detail newest_detail;
	bool is_new, is_new_detail;
};

static void
publish(struct poller *poller, const struct snapshot *snapshot)
{
	struct snapshot copy = snapshot_copy(snapshot);

	pthread_mutex_lock(&poller->lock);
	snapshot_free(&poller->newest);
	poller->newest = copy;
	poller->is_new = true;
	pthread_mutex_unlock(&poller->lock);
	eventfd_write(poller->event_fd, 1);
}

static struct detail_query
current_query(struct poller *poller)
{
	pthread_mutex_lock(&poller->lock);
	struct detail_query query = poller->query;

	pthread_mutex_unlock(&poller->lock);
	return query;
}

// Fetches the torrent of the current query, where it has one. Returns that query.
static struct detail_query
fetch_detail(struct poller *poller)
{
	struct detail_query query = current_query(poller);
	struct detail detail;

	if (*query.hash == '\0')
		return query;
	detail_fetch(&detail, &query, poller->client);
	pthread_mutex_lock(&poller->lock);
	detail_free(&poller->newest_detail);
	poller->newest_detail = detail;
	poller->is_new_detail = true;
	pthread_mutex_unlock(&poller->lock);
	eventfd_write(poller->event_fd, 1);
	return query;
}

// Waits until the query is no longer `known` (true), or until `until_s`.
static bool
wait_for_query(struct poller *poller, const struct detail_query *known, double until_s)
{
	const struct timespec until = {
		.tv_sec = (time_t)until_s, .tv_nsec = (long)((until_s - floor(until_s)) * 1e9)};
	int error = 0;

	pthread_mutex_lock(&poller->lock);
	while (error == 0 && detail_query_equal(&poller->query, known))
		error = pthread_cond_timedwait(&poller->query_changed, &poller->lock, &until);
	bool changed = !detail_query_equal(&poller->query, known);

	pthread_mutex_unlock(&poller->lock);
	return changed;
}

static void *
run(void *argument)
{
	struct poller *poller = argument;
	struct snapshot before = {0}, now;

	for (double next_s = monotonic_s();;) {
		snapshot_take(&now, &before, poller->client, monotonic_s());
		publish(poller, &now);
		struct detail_query query = fetch_detail(poller);

		snapshot_refresh_slow(&now, poller->client, monotonic_s);
		snapshot_free(&before);
		before = now;
		next_s = fmax(next_s + poller->every_s, monotonic_s());
		while (wait_for_query(poller, &query, next_s))
			query = fetch_detail(poller);
	}
	return NULL;
}

static int
start_thread(struct poller *poller)
{
	pthread_t thread;
	sigset_t all, before;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	int error = pthread_create(&thread, NULL, run, poller);

	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return error;
}

static void
make_locks(struct poller *poller)
{
	pthread_condattr_t attributes;

	pthread_mutex_init(&poller->lock, NULL);
	pthread_condattr_init(&attributes);
	pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	pthread_cond_init(&poller->query_changed, &attributes);
	pthread_condattr_destroy(&attributes);
}

struct poller *
poller_start(const char *path, double every_s)
{
	static struct poller poller; // the thread never ends

	poller.every_s = every_s;
	make_locks(&poller);
	poller.client = telemetry_client_new(path);
	if (poller.client == NULL)
		return NULL;
	poller.event_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (poller.event_fd < 0)
		return NULL;
	errno = start_thread(&poller);
	return errno == 0 ? &poller : NULL;
}

int
poller_fd(const struct poller *poller)
{
	return poller->event_fd;
}

void
poller_query(struct poller *poller, const struct detail_query *query)
{
	pthread_mutex_lock(&poller->lock);
	poller->query = *query;
	pthread_cond_signal(&poller->query_changed);
	pthread_mutex_unlock(&poller->lock);
}

bool
poller_take(struct poller *poller, struct snapshot *snapshot)
{
	eventfd_t times;

	eventfd_read(poller->event_fd, &times);
	pthread_mutex_lock(&poller->lock);
	bool is_new = poller->is_new;

	if (is_new) {
		*snapshot = poller->newest;
		poller->newest = (struct snapshot){0};
		poller->is_new = false;
	}
	pthread_mutex_unlock(&poller->lock);
	return is_new;
}

bool
poller_take_detail(struct poller *poller, struct detail *detail)
{
	pthread_mutex_lock(&poller->lock);
	bool is_new = poller->is_new_detail;

	if (is_new) {
		*detail = poller->newest_detail;
		poller->newest_detail = (struct detail){0};
		poller->is_new_detail = false;
	}
	pthread_mutex_unlock(&poller->lock);
	return is_new;
}
