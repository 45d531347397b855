// SPDX-License-Identifier: BSD-3-Clause

#include "export.h"

#include "../../common/monotonic.h"
#include "../log/log.h"
#include "../weir.h"
#include "ask_workers.h"
#include "export_file.h"

#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <time.h>

enum {
	FIRST_MAX_S = 60, // maximum time to the first export
	LOOK_MS = 1000, // how often the thread looks whether an export is due
	PAUSE_US = 1000, // after each QUESTION_ROWS torrents
};

// The export thread.
static struct {
	pthread_t thread;
	bool running; // the thread exists
	pthread_mutex_t lock; // of `stop`
	pthread_cond_t wake;
	bool stop; // written by the control thread
} exporter;

static void
set(uint64_t *variable, uint64_t value)
{
	__atomic_store_n(variable, value, __ATOMIC_RELAXED);
}

static void
fail(struct weir *weir, const char *path, const char *why)
{
	struct export_report *report = &weir->export;

	set(&report->runs, report->runs + 1);
	set(&report->failures, report->failures + 1);
	set(&report->failing, 1);
	health_report(&weir->health, HEALTH_export_failing, true);
	log_warning("export failed, %s is not updated: %s", path, why);
}

static void
succeed(struct weir *weir, uint64_t torrents, uint64_t ms)
{
	struct export_report *report = &weir->export;

	set(&report->failing, 0);
	health_report(&weir->health, HEALTH_export_failing, false);
	set(&report->last_torrents, torrents);
	set(&report->last_ms, ms);
	set(&report->last_s, __atomic_load_n(&weir->wall_s, __ATOMIC_RELAXED));
	set(&report->runs, report->runs + 1);
	log_debug("export: %lu torrents in %lu ms", (unsigned long)torrents, (unsigned long)ms);
}

// Makes one export. One that is abandoned because Weir ends does not count.
static void
run(struct weir *weir, const char *path)
{
	uint64_t start_ms = monotonic_ms();
	struct export_file file;

	if (!export_file_start(&file, path)) {
		fail(weir, path, strerror(errno));
	} else if (!ask_torrents(weir, export_file_rows, &file, PAUSE_US)) {
		export_file_abandon(&file);
		if (__atomic_load_n(&weir->stop, __ATOMIC_RELAXED))
			return;
		fail(weir, path, "a worker does not answer");
	} else if (!export_file_finish(&file)) {
		fail(weir, path, strerror(errno));
	} else {
		succeed(weir, file.torrents, monotonic_ms() - start_ms);
	}
}

// Waits for the next look. False: the thread shall end.
static bool
wait_look(void)
{
	struct timespec until = monotonic_after_ms(LOOK_MS);
	int result = 0;

	pthread_mutex_lock(&exporter.lock);
	while (!exporter.stop && result == 0)
		result = pthread_cond_timedwait(&exporter.wake, &exporter.lock, &until);
	bool go_on = !exporter.stop;

	pthread_mutex_unlock(&exporter.lock);
	return go_on;
}

// What the thread knows of the export between its looks.
struct schedule {
	char path[PATH_MAX]; // export.file; "": none
	uint64_t since_ms; // when it was named, or the last export ended
	bool first; // none was made to this path yet
};

// One look: an export where one is due, by the configuration in force.
static void
look(struct weir *weir, struct schedule *schedule)
{
	const struct config *config = weir_config(weir);

	if (strcmp(schedule->path, config->export_file) != 0) {
		snprintf(schedule->path, sizeof(schedule->path), "%s", config->export_file);
		schedule->since_ms = monotonic_ms();
		schedule->first = true;
		set(&weir->export.failing, 0); // that was another file
		health_report(&weir->health, HEALTH_export_failing, false);
	}
	uint32_t wait_s = config->export_interval_s;

	if (schedule->first)
		wait_s = RTE_MIN(wait_s, (uint32_t)FIRST_MAX_S);
	if (*schedule->path == '\0'
	    || monotonic_ms() - schedule->since_ms < UINT64_C(1000) * wait_s)
		return;
	run(weir, schedule->path);
	schedule->since_ms = monotonic_ms();
	schedule->first = false;
}

static void *
export_main(void *argument)
{
	struct weir *weir = argument;
	struct schedule schedule = {.first = true};

	pthread_setname_np(pthread_self(), "weir-export");
	do {
		unsigned place = publisher_enter(&weir->publisher);

		look(weir, &schedule);
		publisher_exit(&weir->publisher, place);
	} while (wait_look());
	return NULL;
}

// The thread inherits the CPU of the control thread, but leaves signals to it. Returns an errno, or 0.
static int
start_thread(struct weir *weir)
{
	sigset_t all, before;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	int result = pthread_create(&exporter.thread, NULL, export_main, weir);

	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return result;
}

bool
export_up(struct weir *weir, struct error *error)
{
	pthread_condattr_t attributes;

	exporter.stop = false;
	pthread_mutex_init(&exporter.lock, NULL);
	pthread_condattr_init(&attributes);
	pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	pthread_cond_init(&exporter.wake, &attributes);
	pthread_condattr_destroy(&attributes);
	int result = start_thread(weir);

	exporter.running = result == 0;
	if (!exporter.running)
		error_set(
			error, NULL, "the export's thread cannot be started: %s", strerror(result)
		);
	return exporter.running;
}

void
export_down(struct weir *weir __rte_unused)
{
	if (!exporter.running)
		return;
	pthread_mutex_lock(&exporter.lock);
	exporter.stop = true;
	pthread_cond_signal(&exporter.wake);
	pthread_mutex_unlock(&exporter.lock);
	pthread_join(exporter.thread, NULL);
	exporter.running = false;
	pthread_cond_destroy(&exporter.wake);
	pthread_mutex_destroy(&exporter.lock);
}
