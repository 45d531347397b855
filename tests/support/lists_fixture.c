// SPDX-License-Identifier: BSD-3-Clause

#include "lists_fixture.h"

#include "../../app/weir/control/control.h"
#include "../../app/weir/setup/errands.h"

#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { TICK_MS = 5, WAIT_TICKS = 4000 };

struct weir weir;

static pthread_t control;
static bool ends; // control thread

void
lists_block_signals(void)
{
	control_block_signals();
}

static void
nap(void)
{
	const struct timespec tick = {.tv_nsec = TICK_MS * 1000000L};

	nanosleep(&tick, NULL);
}

static void *
control_main(void *argument)
{
	const struct timespec tick = {.tv_nsec = TICK_MS * 1000000L};
	sigset_t set;

	(void)argument;
	sigemptyset(&set);
	sigaddset(&set, errands_signal());
	while (!ends) {
		sigtimedwait(&set, NULL, &tick);
		errands_serve(&weir);
		publisher_reclaim(&weir.publisher);
	}
	return NULL;
}

const char *
lists_path(enum list_kind kind)
{
	static char paths[LIST_COUNT][TEMP_PATH_MAX];
	char name[32];

	snprintf(name, sizeof(name), "%s.list", list_kinds[kind].name);
	temp_path(&temp, name, paths[kind]);
	return paths[kind];
}

void
lists_write(enum list_kind kind, const char *text)
{
	char path[TEMP_PATH_MAX], name[32];

	snprintf(name, sizeof(name), "%s.list", list_kinds[kind].name);
	temp_write(&temp, name, text, path);
	assert_int_equal(chmod(path, 0600), 0);
}

void
lists_assert_file(enum list_kind kind, const char *text)
{
	char content[4096] = "";
	FILE *file = fopen(lists_path(kind), "r");

	assert_non_null(file);
	content[fread(content, 1, sizeof(content) - 1, file)] = '\0';
	fclose(file);
	assert_string_equal(content, text);
}

const char *
lists_settings(const char *mode, bool all)
{
	static char text[8 * TEMP_PATH_MAX];
	int len = snprintf(
		text,
		sizeof(text),
		"access = { mode = \"%s\"; file = \"%s\"; %s%s%s };",
		mode,
		lists_path(LIST_ACCESS),
		all ? "clients_mode = \"deny\"; clients_file = \"" : "",
		all ? lists_path(LIST_CLIENTS) : "",
		all ? "\";" : ""
	);
	if (all)
		snprintf(
			text + len,
			sizeof(text) - (size_t)len,
			"sources = { deny_file = \"%s\"; }; keys = { required = true; file = "
			"\"%s\"; };",
			lists_path(LIST_SOURCES),
			lists_path(LIST_KEYS)
		);
	return text;
}

static struct config *
load_config(const char *settings)
{
	char text[9 * TEMP_PATH_MAX];

	snprintf(text, sizeof(text), PORTS "%s\n", settings);
	return config_file_load_valid(text);
}

void
lists_set_time(uint32_t unix_s)
{
	__atomic_store_n(&weir.wall_s, unix_s, __ATOMIC_RELAXED);
}

bool
lists_try_begin(const char *settings, struct error *error)
{
	weir.config = load_config(settings);
	assert_true(publisher_init(&weir.publisher, 1));
	if (lists_up(&weir, error)) {
		ends = false;
		errands_begin();
		assert_int_equal(pthread_create(&control, NULL, control_main, NULL), 0);
		return true;
	}
	publisher_free(&weir.publisher);
	config_free((struct config *)weir.config);
	return false;
}

void
lists_begin(const char *settings)
{
	struct error error;

	if (!lists_try_begin(settings, &error))
		fail_msg("%s", error.text);
}

static void
end(struct weir *here, void *argument)
{
	(void)here;
	(void)argument;
	ends = true;
}

void
lists_finish(void)
{
	assert_true(errands_run(&weir, end, NULL));
	pthread_join(control, NULL);
	errands_end();
	lists_down(&weir);
	publisher_free(&weir.publisher);
	config_free((struct config *)weir.config);
	weir.health = (struct health){0};
}

static void
dispose_config(void *config)
{
	config_free(config);
}

static void
reconfigure(struct weir *here, void *config)
{
	publisher_publish(&here->publisher, &here->config, config, dispose_config);
	lists_follow(here);
}

void
lists_reconfigure(const char *settings)
{
	assert_true(errands_run(&weir, reconfigure, load_config(settings)));
}

struct list_info
lists_info_of(enum list_kind kind)
{
	struct list_info info;

	lists_info(&weir, kind, &info);
	return info;
}

void
lists_wait(enum list_kind kind, const char *mode, uint64_t entries, bool failing)
{
	struct list_info info = {0};

	for (unsigned i = 0; i < WAIT_TICKS; i++) {
		info = lists_info_of(kind);
		if (strcmp(info.mode, mode) == 0 && info.entries == entries
		    && info.failing == failing)
			return;
		nap();
	}
	fail_msg("%s %lu %d", info.mode, (unsigned long)info.entries, info.failing);
}

void
lists_wait_version(uint32_t version)
{
	for (unsigned i = 0; i < WAIT_TICKS; i++) {
		if (publisher_read(&weir.access)->version == version)
			return;
		nap();
	}
	fail_msg("version %u", weir.access->version);
}
