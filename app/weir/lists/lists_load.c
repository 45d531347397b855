// SPDX-License-Identifier: BSD-3-Clause

#include "../../common/monotonic.h"
#include "../log/log.h"
#include "lists_state.h"

#include <inttypes.h>
#include <string.h>
#include <time.h>

enum {
	SETTLED_S = 2
}; // a file that changed this short a time before it was read may have the same stamp again

// --- what is told -------------------------------------------------------------------------------

static void
tell_health(struct weir *weir)
{
	bool failing = false;

	for (enum list_kind kind = 0; kind < LIST_COUNT; kind++)
		failing |= lists[kind].info.failing;
	health_report(&weir->health, HEALTH_list_failing, failing);
}

// Starts to change what lists_info says. The caller unlocks.
static struct list_info *
lock_info(enum list_kind kind, const struct list_wanted *wanted)
{
	struct list_info *info = &lists[kind].info;

	pthread_mutex_lock(&lists_info_lock);
	info->mode = list_kind_mode_name(kind, lists[kind].mode);
	snprintf(info->path, sizeof(info->path), "%s", wanted->path);
	info->entries = lists[kind].table.entries;
	return info;
}

void
lists_tell(struct weir *weir, enum list_kind kind, const struct list_wanted *wanted, uint64_t ms)
{
	struct list_info *info = lock_info(kind, wanted);

	info->failing = false;
	*info->error = '\0';
	info->loaded_s = lists[kind].mode == ACCESS_OFF ? 0 : lists_now_s(weir);
	info->load_ms = ms;
	tell_health(weir);
	pthread_mutex_unlock(&lists_info_lock);
}

void
lists_tell_failure(
	struct weir *weir,
	enum list_kind kind,
	const struct list_wanted *wanted,
	const struct error *error
)
{
	struct list_info *info = lock_info(kind, wanted);

	info->failing = true;
	snprintf(info->error, sizeof(info->error), "%.255s", error->text);
	tell_health(weir);
	pthread_mutex_unlock(&lists_info_lock);
}

void
lists_note_file(enum list_kind kind, const char *path, const struct list_stamp *stamp)
{
	struct list *list = &lists[kind];

	if (path != list->path)
		snprintf(list->path, sizeof(list->path), "%s", path);
	list->stamp = *stamp;
}

// --- loading ------------------------------------------------------------------------------------

// A load on its way.
struct attempt {
	struct weir *weir;
	enum list_kind kind;
	struct list_wanted wanted;
	struct list_wrong wrong;
	uint64_t start_ms;
};

static bool
stopped(struct error *error)
{
	return error_set(error, NULL, "Weir is starting or stopping: no list can be put in force");
}

// Reads the file and makes a table of it.
static bool
read_table(
	struct attempt *attempt,
	struct list_table *table,
	struct list_stamp *stamp,
	struct error *error
)
{
	const struct list_kind_info *info = &list_kinds[attempt->kind];
	const char *path = attempt->wanted.path;
	const struct list_load load = {
		.kind = attempt->kind,
		.mode = attempt->wanted.mode,
		.now_s = lists_now_s(attempt->weir),
		.setting = info->setting,
		.goes_on = lists_goes_on,
		.context = attempt->weir,
	};
	struct list_file file;

	if (!list_file_read(&file, path, info->secrecy, error))
		return error_set(error, info->setting, "%s %s", path, error->text);
	*stamp = file.stamp;
	bool right = list_load_text(&load, file.bytes, file.len, table, &attempt->wrong, error);

	list_file_free(&file);
	return right;
}

static bool
load(struct attempt *attempt, struct error *error)
{
	struct list *list = &lists[attempt->kind];
	const struct list_wanted *wanted = &attempt->wanted;
	uint32_t read_s = (uint32_t)time(NULL);
	struct list_table table;
	struct list_stamp stamp;

	if (!read_table(attempt, &table, &stamp, error))
		return false;
	if (!lists_publish(attempt->weir, attempt->kind, wanted->mode, &table))
		return stopped(error);
	lists_note_file(attempt->kind, wanted->path, &stamp);
	list->read_s = read_s;
	uint64_t ms = monotonic_ms() - attempt->start_ms;

	lists_tell(attempt->weir, attempt->kind, wanted, ms);
	log_info(
		"%s list: %" PRIu64 " %s from %s in %.2f s",
		list_kinds[attempt->kind].name,
		list->table.entries,
		list_kinds[attempt->kind].things,
		wanted->path,
		(double)ms / 1000
	);
	return true;
}

static bool
turn_off(struct attempt *attempt, struct error *error)
{
	struct list *list = &lists[attempt->kind];
	struct list_table none = {0};
	bool was_on = list->mode != ACCESS_OFF;

	if (was_on && !lists_publish(attempt->weir, attempt->kind, ACCESS_OFF, &none))
		return stopped(error);
	*list->path = '\0';
	lists_tell(attempt->weir, attempt->kind, &attempt->wanted, 0);
	if (was_on)
		log_info("%s list: off", list_kinds[attempt->kind].name);
	return true;
}

// Whether the table comes from the file that is there now, so that its text says nothing new.
static bool
is_unchanged(const struct list *list, const struct list_wanted *wanted)
{
	struct list_stamp now;

	return list->mode != ACCESS_OFF && strcmp(list->path, wanted->path) == 0
		&& list->read_s >= list->stamp.modified.tv_sec + SETTLED_S
		&& list_stamp_read(&now, list->path) && list_stamp_same(&now, &list->stamp);
}

// The file is the same; the mode may be another. The table of clients has the mode in it.
static bool
keep_table(struct attempt *attempt, struct error *error)
{
	enum list_kind kind = attempt->kind;

	if (lists[kind].mode == attempt->wanted.mode) {
		if (lists[kind].info.failing) // the file that failed is gone again
			lists_tell(attempt->weir, kind, &attempt->wanted, 0);
		return true;
	}
	if (kind == LIST_CLIENTS)
		return load(attempt, error);
	if (!lists_publish_again(attempt->weir, kind, attempt->wanted.mode))
		return stopped(error);
	lists_tell(attempt->weir, kind, &attempt->wanted, 0);
	log_info(
		"%s list: %s",
		list_kinds[kind].name,
		list_kind_mode_name(kind, attempt->wanted.mode)
	);
	return true;
}

bool
lists_load(
	struct weir *weir,
	enum list_kind kind,
	bool again,
	FILE *errors,
	uint64_t max,
	struct error *error
)
{
	struct attempt attempt = {
		.weir = weir,
		.kind = kind,
		.start_ms = monotonic_ms(),
	};
	bool done;

	lists_read_config(weir, kind, &attempt.wanted);
	attempt.wrong = (struct list_wrong){
		.path = attempt.wanted.path,
		.secret = list_kinds[kind].secrecy == PLAIN_FILE_SECRET,
		.out = errors,
		.max = max,
	};
	if (attempt.wanted.mode == ACCESS_OFF)
		done = turn_off(&attempt, error);
	else if (!again && is_unchanged(&lists[kind], &attempt.wanted))
		done = keep_table(&attempt, error);
	else
		done = load(&attempt, error);
	if (done)
		return true;
	if (attempt.wrong.count == 0)
		fprintf(errors, "%s\n", error->text);
	else if (attempt.wrong.count > max)
		fprintf(errors,
			"%s: %" PRIu64 " more lines are wrong; weir --check names all\n",
			attempt.wanted.path,
			attempt.wrong.count - max);
	lists_tell_failure(weir, kind, &attempt.wanted, error);
	return false;
}
