// SPDX-License-Identifier: BSD-3-Clause

#include "feed.h"

#include "monotonic.h"

#include <errno.h>
#include <math.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

struct feed {
	struct telemetry_client *client; // of the thread
	double every_s;
	int event_fd;
	pthread_mutex_t lock;
	pthread_cond_t wished; // `wish` has changed
	struct detail_wish wish; // under `lock`, as all below
	struct snapshot newest;
	struct detail newest_detail;
	bool is_new, is_new_detail;
};

static void
publish(struct feed *feed, const struct snapshot *snapshot)
{
	struct snapshot copy = snapshot_copy(snapshot);

	pthread_mutex_lock(&feed->lock);
	snapshot_free(&feed->newest);
	feed->newest = copy;
	feed->is_new = true;
	pthread_mutex_unlock(&feed->lock);
	eventfd_write(feed->event_fd, 1);
}

static struct detail_wish
wish_now(struct feed *feed)
{
	pthread_mutex_lock(&feed->lock);
	struct detail_wish wish = feed->wish;

	pthread_mutex_unlock(&feed->lock);
	return wish;
}

// Asks for the torrent that is wished for, where one is. Returns the wish.
static struct detail_wish
look_into(struct feed *feed)
{
	struct detail_wish wish = wish_now(feed);
	struct detail detail;

	if (*wish.hash == '\0')
		return wish;
	detail_take(&detail, &wish, feed->client);
	pthread_mutex_lock(&feed->lock);
	detail_free(&feed->newest_detail);
	feed->newest_detail = detail;
	feed->is_new_detail = true;
	pthread_mutex_unlock(&feed->lock);
	eventfd_write(feed->event_fd, 1);
	return wish;
}

// Until the wish is no longer `known` (true), or that moment has come.
static bool
wait_for_wish(struct feed *feed, const struct detail_wish *known, double until_s)
{
	const struct timespec until = {
		.tv_sec = (time_t)until_s, .tv_nsec = (long)((until_s - floor(until_s)) * 1e9)};
	int error = 0;

	pthread_mutex_lock(&feed->lock);
	while (error == 0 && detail_wish_equal(&feed->wish, known))
		error = pthread_cond_timedwait(&feed->wished, &feed->lock, &until);
	bool changed = !detail_wish_equal(&feed->wish, known);

	pthread_mutex_unlock(&feed->lock);
	return changed;
}

static void *
run(void *argument)
{
	struct feed *feed = argument;
	struct snapshot before = {0}, now;

	for (double next_s = monotonic_s();;) {
		snapshot_take(&now, &before, feed->client, monotonic_s());
		publish(feed, &now);
		struct detail_wish wish = look_into(feed);

		snapshot_dig(&now, feed->client, monotonic_s);
		snapshot_free(&before);
		before = now;
		next_s = fmax(next_s + feed->every_s, monotonic_s());
		while (wait_for_wish(feed, &wish, next_s))
			wish = look_into(feed);
	}
	return NULL;
}

static int
start_thread(struct feed *feed)
{
	pthread_t thread;
	sigset_t all, before;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	int error = pthread_create(&thread, NULL, run, feed);

	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return error;
}

static void
make_locks(struct feed *feed)
{
	pthread_condattr_t attributes;

	pthread_mutex_init(&feed->lock, NULL);
	pthread_condattr_init(&attributes);
	pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	pthread_cond_init(&feed->wished, &attributes);
	pthread_condattr_destroy(&attributes);
}

struct feed *
feed_start(const char *path, double every_s)
{
	static struct feed feed; // the thread never ends

	feed.every_s = every_s;
	make_locks(&feed);
	feed.client = telemetry_client_new(path);
	if (feed.client == NULL)
		return NULL;
	feed.event_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (feed.event_fd < 0)
		return NULL;
	errno = start_thread(&feed);
	return errno == 0 ? &feed : NULL;
}

int
feed_fd(const struct feed *feed)
{
	return feed->event_fd;
}

void
feed_wish(struct feed *feed, const struct detail_wish *wish)
{
	pthread_mutex_lock(&feed->lock);
	feed->wish = *wish;
	pthread_cond_signal(&feed->wished);
	pthread_mutex_unlock(&feed->lock);
}

bool
feed_take(struct feed *feed, struct snapshot *snapshot)
{
	eventfd_t times;

	eventfd_read(feed->event_fd, &times);
	pthread_mutex_lock(&feed->lock);
	bool is_new = feed->is_new;

	if (is_new) {
		*snapshot = feed->newest;
		feed->newest = (struct snapshot){0};
		feed->is_new = false;
	}
	pthread_mutex_unlock(&feed->lock);
	return is_new;
}

bool
feed_take_detail(struct feed *feed, struct detail *detail)
{
	pthread_mutex_lock(&feed->lock);
	bool is_new = feed->is_new_detail;

	if (is_new) {
		*detail = feed->newest_detail;
		feed->newest_detail = (struct detail){0};
		feed->is_new_detail = false;
	}
	pthread_mutex_unlock(&feed->lock);
	return is_new;
}
