// SPDX-License-Identifier: BSD-3-Clause

#include "feed.h"

#include "monotonic.h"

#include <errno.h>
#include <math.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

struct feed {
	struct ask *ask; // of the thread
	double every_s;
	int event_fd;
	pthread_mutex_t lock;
	struct snapshot newest; // under `lock`
	bool is_new;
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

static void *
run(void *argument)
{
	struct feed *feed = argument;
	struct snapshot before = {0}, now;

	for (double next_s = monotonic_s();; monotonic_sleep_until(next_s)) {
		snapshot_take(&now, &before, feed->ask, monotonic_s());
		publish(feed, &now);
		snapshot_dig(&now, feed->ask, monotonic_s);
		snapshot_free(&before);
		before = now;
		next_s = fmax(next_s + feed->every_s, monotonic_s());
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

struct feed *
feed_start(const char *path, double every_s)
{
	static struct feed feed; // the thread never ends

	feed.every_s = every_s;
	pthread_mutex_init(&feed.lock, NULL);
	feed.ask = ask_new(path);
	if (feed.ask == NULL)
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
