// SPDX-License-Identifier: BSD-3-Clause

#include "export.h"

#include "../log/log.h"
#include "../weir.h"
#include "export_file.h"
#include "torrents.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum {
	FIRST_MAX_S = 60,
	PAUSE_US = 1000, // after each QUESTION_ROWS torrents
};

bool
export_check(const struct config *config, char *why, size_t size)
{
	const char *path = config->export_file;
	struct stat status;

	if (*path == '\0')
		return true;
	if (strcmp(path, config->key_file) == 0) {
		snprintf(why, size, "%s is tracker.key_file, which would be overwritten", path);
		return false;
	}
	if (lstat(path, &status) == 0 && !S_ISREG(status.st_mode)) {
		snprintf(
			why,
			size,
			S_ISLNK(status.st_mode) ? "%s is a symbolic link, which would be replaced; "
						  "name the file itself"
						: "%s is there and is not a regular file",
			path
		);
		return false;
	}
	return replacement_is_possible(path, why, size);
}

static void
set(uint64_t *value, uint64_t to)
{
	__atomic_store_n(value, to, __ATOMIC_RELAXED);
}

static uint64_t
get(const uint64_t *value)
{
	return __atomic_load_n(value, __ATOMIC_RELAXED);
}

struct export_report
export_report(const struct export *export)
{
	const struct export_report *report = &export->report;

	return (struct export_report){
		.runs = get(&report->runs),
		.failures = get(&report->failures),
		.failing = get(&report->failing),
		.last_s = get(&report->last_s),
		.last_torrents = get(&report->last_torrents),
		.last_ms = get(&report->last_ms),
	};
}

static uint64_t
now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

static void
fail(struct weir *weir, const char *why)
{
	struct export_report *report = &weir->export.report;

	set(&report->runs, report->runs + 1);
	set(&report->failures, report->failures + 1);
	set(&report->failing, 1);
	log_warning("export: %s is as it was: %s", weir->config->export_file, why);
}

static void
succeed(struct weir *weir, uint64_t torrents, uint64_t ms)
{
	struct export_report *report = &weir->export.report;

	set(&report->failing, 0);
	set(&report->last_torrents, torrents);
	set(&report->last_ms, ms);
	set(&report->last_s, __atomic_load_n(&weir->wall_s, __ATOMIC_RELAXED));
	set(&report->runs, report->runs + 1);
	log_debug("export: %lu torrents in %lu ms", (unsigned long)torrents, (unsigned long)ms);
}

// One export. What is given up because Weir ends counts as none.
static void
run(struct weir *weir)
{
	uint64_t start_ms = now_ms();
	struct export_file file;

	if (!export_file_start(&file, weir->config->export_file)) {
		fail(weir, strerror(errno));
	} else if (!torrents_pass(weir, export_file_rows, &file, PAUSE_US)) {
		export_file_abandon(&file);
		if (__atomic_load_n(&weir->stop, __ATOMIC_RELAXED))
			return;
		fail(weir, "a worker does not answer");
	} else if (!export_file_finish(&file)) {
		fail(weir, strerror(errno));
	} else {
		succeed(weir, file.torrents, now_ms() - start_ms);
	}
}

// False where the end has come meanwhile.
static bool
wait_seconds(struct export *export, uint32_t seconds)
{
	struct timespec until;
	int result = 0;

	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += seconds;
	pthread_mutex_lock(&export->lock);
	while (!export->stop && result == 0)
		result = pthread_cond_timedwait(&export->wake, &export->lock, &until);
	bool go_on = !export->stop;

	pthread_mutex_unlock(&export->lock);
	return go_on;
}

static void *
export_main(void *argument)
{
	struct weir *weir = argument;
	uint32_t interval_s = weir->config->export_interval_s;
	uint32_t wait_s = RTE_MIN(interval_s, (uint32_t)FIRST_MAX_S);

	pthread_setname_np(pthread_self(), "weir-export");
	for (; wait_seconds(&weir->export, wait_s); wait_s = interval_s)
		run(weir);
	return NULL;
}

// Signals are the control thread's; the CPU is inherited from it.
static int
start_thread(struct weir *weir)
{
	sigset_t all, before;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	int result = pthread_create(&weir->export.thread, NULL, export_main, weir);

	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return result;
}

bool
export_up(struct weir *weir, struct boot_error *error)
{
	struct export *export = &weir->export;
	pthread_condattr_t attributes;

	if (*weir->config->export_file == '\0')
		return true;
	*export = (struct export){.lock = PTHREAD_MUTEX_INITIALIZER};
	pthread_condattr_init(&attributes);
	pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	pthread_cond_init(&export->wake, &attributes);
	pthread_condattr_destroy(&attributes);
	int result = start_thread(weir);

	export->running = result == 0;
	if (!export->running)
		snprintf(
			error->text,
			sizeof(error->text),
			"the export's thread cannot be started: %s",
			strerror(result)
		);
	return export->running;
}

void
export_down(struct weir *weir)
{
	struct export *export = &weir->export;

	if (!export->running)
		return;
	pthread_mutex_lock(&export->lock);
	export->stop = true;
	pthread_cond_signal(&export->wake);
	pthread_mutex_unlock(&export->lock);
	pthread_join(export->thread, NULL);
	export->running = false;
	pthread_cond_destroy(&export->wake);
}
