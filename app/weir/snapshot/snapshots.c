// SPDX-License-Identifier: BSD-3-Clause

#include "snapshots.h"

#include "../../common/monotonic.h"
#include "../log/log.h"
#include "save.h"

#include <inttypes.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <time.h>

enum { LOOK_MS = 1000 }; // how often the thread looks whether a snapshot is due

// The snapshot thread, and what it has been asked for.
static struct {
	pthread_t thread;
	pthread_mutex_t lock; // of what follows
	pthread_cond_t wake; // the thread
	pthread_cond_t done; // those who wait for a snapshot
	bool running; // the thread exists and takes requests
	bool stop;
	uint64_t asked; // requests
	uint64_t served; // requests before the start of the last snapshot that ended
	bool right; // it succeeded
	struct snapshot_report report;
	struct error error;
} snapshots = {
	.lock = PTHREAD_MUTEX_INITIALIZER,
	.done = PTHREAD_COND_INITIALIZER,
};

void
snapshots_note(
	struct weir *weir,
	bool done,
	const struct snapshot_report *report,
	const struct error *error
)
{
	struct snapshot_status *status = &weir->snapshot;

	snapshot_status_set(&status->failing, !done);
	health_report(&weir->health, HEALTH_snapshot_failing, !done);
	if (done) {
		snapshot_status_set(&status->last_torrents, report->torrents);
		snapshot_status_set(&status->last_peers, report->peers);
		snapshot_status_set(&status->last_bytes, report->bytes);
		snapshot_status_set(&status->last_ms, report->ms);
		snapshot_status_set(&status->last_s, report->at_s);
		log_debug(
			"snapshot: %" PRIu64 " torrents, %" PRIu64 " peers in %" PRIu64 " ms",
			report->torrents,
			report->peers,
			report->ms
		);
	} else {
		snapshot_status_set(&status->failures, status->failures + 1);
		log_warning("no snapshot, the last one stays: %s", error->text);
	}
	snapshot_status_set(&status->runs, status->runs + 1);
}

// Takes a snapshot for all who have asked before. False: it was abandoned, because Weir ends.
static bool
run(struct weir *weir)
{
	struct snapshot_report report = {0};
	struct error error = {0};

	pthread_mutex_lock(&snapshots.lock);
	uint64_t asked = snapshots.asked;

	pthread_mutex_unlock(&snapshots.lock);
	bool right = save_while_serving(weir, weir->snapshot.file, &report, &error);

	if (!right && __atomic_load_n(&weir->stop, __ATOMIC_RELAXED))
		return false; // it does not count
	snapshots_note(weir, right, &report, &error);
	pthread_mutex_lock(&snapshots.lock);
	snapshots.served = asked;
	snapshots.right = right;
	snapshots.report = report;
	snapshots.error = error;
	pthread_cond_broadcast(&snapshots.done);
	pthread_mutex_unlock(&snapshots.lock);
	return true;
}

static uint64_t
interval_ms(struct weir *weir)
{
	unsigned place = publisher_enter(&weir->publisher);
	uint64_t interval_s = weir_config(weir)->snapshot_interval_s;

	publisher_exit(&weir->publisher, place);
	return 1000 * interval_s;
}

// Waits until a snapshot is due. False: the thread shall end.
static bool
wait_until_due(struct weir *weir, uint64_t since_ms)
{
	pthread_mutex_lock(&snapshots.lock);
	while (!snapshots.stop && snapshots.asked == snapshots.served) {
		struct timespec until = monotonic_after_ms(LOOK_MS);
		uint64_t wait_ms = interval_ms(weir);

		if (wait_ms > 0 && monotonic_ms() - since_ms >= wait_ms)
			break;
		pthread_cond_timedwait(&snapshots.wake, &snapshots.lock, &until);
	}
	bool go_on = !snapshots.stop;

	pthread_mutex_unlock(&snapshots.lock);
	return go_on;
}

static void *
snapshots_main(void *argument)
{
	struct weir *weir = argument;
	uint64_t since_ms = monotonic_ms();

	pthread_setname_np(pthread_self(), "weir-snapshot");
	while (wait_until_due(weir, since_ms) && run(weir))
		since_ms = monotonic_ms();
	return NULL;
}

// The thread inherits the CPU of the control thread, but leaves signals to it. Returns an errno, or 0.
static int
start_thread(struct weir *weir)
{
	sigset_t all, before;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	int result = pthread_create(&snapshots.thread, NULL, snapshots_main, weir);

	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return result;
}

static void
set_running(bool running)
{
	pthread_mutex_lock(&snapshots.lock);
	snapshots.running = running;
	snapshots.stop = !running;
	if (!running)
		pthread_cond_signal(&snapshots.wake);
	pthread_cond_broadcast(&snapshots.done);
	pthread_mutex_unlock(&snapshots.lock);
}

bool
snapshots_up(struct weir *weir, struct error *error)
{
	pthread_condattr_t attributes;

	weir->snapshot.served = true;
	if (*weir->config->snapshot_file == '\0')
		return true;
	pthread_condattr_init(&attributes);
	pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	pthread_cond_init(&snapshots.wake, &attributes);
	pthread_condattr_destroy(&attributes);
	snapshots.asked = snapshots.served = 0;
	snapshots.stop = false;
	int result = start_thread(weir);

	if (result == 0) {
		set_running(true);
		return true;
	}
	pthread_cond_destroy(&snapshots.wake);
	return error_set(
		error, NULL, "the thread of snapshots cannot be started: %s", strerror(result)
	);
}

void
snapshots_down(struct weir *weir)
{
	(void)weir;
	if (!snapshots.running)
		return;
	set_running(false);
	pthread_join(snapshots.thread, NULL);
	pthread_cond_destroy(&snapshots.wake);
}

bool
snapshots_take(struct weir *weir, struct snapshot_report *report, struct error *error)
{
	(void)weir;
	pthread_mutex_lock(&snapshots.lock);
	bool open = snapshots.running;
	uint64_t ticket = open ? ++snapshots.asked : 0;

	if (open)
		pthread_cond_signal(&snapshots.wake);
	while (snapshots.running && snapshots.served < ticket)
		pthread_cond_wait(&snapshots.done, &snapshots.lock);
	bool served = open && snapshots.served >= ticket;
	bool right = served && snapshots.right;

	if (right)
		*report = snapshots.report;
	else if (served)
		*error = snapshots.error;
	pthread_mutex_unlock(&snapshots.lock);
	if (!open)
		return error_set(error, NULL, "no snapshots are taken: set snapshot.file");
	if (!served)
		error_set(error, NULL, "no snapshot is taken: Weir is ending");
	return right;
}
