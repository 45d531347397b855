// SPDX-License-Identifier: BSD-3-Clause

#include "../../common/monotonic.h"
#include "list_edit.h"
#include "list_memory.h"
#include "lists_state.h"

#include <string.h>

// An edit on its way.
struct attempt {
	struct weir *weir;
	enum list_kind kind;
	enum list_edit edit;
	struct list_wanted wanted;
	struct list_file file; // as it is
	struct list_edited edited; // as it is to be
	struct list_table table; // of that; empty if the list is off
};

// Whether the table in force is of this file, so that the edit can be done to a copy of it.
static bool
has_table(const struct attempt *attempt)
{
	const struct list *list = &lists[attempt->kind];

	return list->mode == attempt->wanted.mode && list_kinds[attempt->kind].ops->change != NULL
		&& strcmp(list->path, attempt->wanted.path) == 0
		&& list_stamp_same(&list->stamp, &attempt->file.stamp);
}

static bool
make_table(struct attempt *attempt, struct error *error)
{
	const struct list_load load = {
		.kind = attempt->kind,
		.mode = attempt->wanted.mode,
		.now_s = lists_now_s(attempt->weir),
	};
	const struct list_edited *edited = &attempt->edited;
	struct list_wrong wrong = {.path = attempt->wanted.path};

	if (attempt->wanted.mode == ACCESS_OFF)
		return true;
	if (has_table(attempt)
	    && list_kinds[attempt->kind].ops->change(
		    &lists[attempt->kind].table,
		    edited->entries,
		    edited->count,
		    attempt->edit == LIST_REMOVE,
		    &attempt->table
	    ))
		return true;
	return list_load_text(&load, edited->text, edited->len, &attempt->table, &wrong, error);
}

// The last steps, once the table is made: nothing but the disk, or the end of Weir, can fail now.
static bool
put_in_force(struct attempt *attempt, struct error *error)
{
	const struct list_edited *edited = &attempt->edited;
	const char *path = attempt->wanted.path;
	uint64_t start_ms = monotonic_ms();
	struct list_stamp stamp;

	if (!list_file_write(path, &attempt->file, edited->text, edited->len, &stamp, error))
		return false;
	if (attempt->wanted.mode == ACCESS_OFF)
		return true;
	if (!lists_publish(attempt->weir, attempt->kind, attempt->wanted.mode, &attempt->table))
		return error_set(
			error,
			NULL,
			"%s is changed, but not in force: Weir is starting or stopping",
			path
		);
	lists_note_file(attempt->kind, path, &stamp);
	lists_tell(attempt->weir, attempt->kind, &attempt->wanted, monotonic_ms() - start_ms);
	return true;
}

static bool
run(struct attempt *attempt, const struct list_change *change, struct error *error)
{
	const struct list_kind_info *info = &list_kinds[attempt->kind];
	const char *path = attempt->wanted.path;
	struct list_wrong wrong = {.path = path, .secret = info->secrecy == PLAIN_FILE_SECRET};

	if (*path == '\0')
		return error_set(
			error, NULL, "%s is not set: name a file there and reload", info->setting
		);
	if (!list_file_read(&attempt->file, path, info->secrecy, error))
		return error_set(error, NULL, "%s %s", path, error->text);
	if (!list_edit_text(
		    attempt->kind,
		    attempt->edit,
		    change,
		    attempt->file.bytes,
		    attempt->file.len,
		    &wrong,
		    &attempt->edited,
		    error
	    ))
		return false;
	if (attempt->edited.changed == 0)
		return true;
	return make_table(attempt, error) && put_in_force(attempt, error);
}

bool
lists_edit(
	struct weir *weir,
	enum list_kind kind,
	enum list_edit edit,
	const struct list_change *change,
	unsigned *changed,
	struct error *error
)
{
	struct attempt attempt = {.weir = weir, .kind = kind, .edit = edit};

	pthread_mutex_lock(&lists_work);
	lists_read_config(weir, kind, &attempt.wanted);
	bool done = run(&attempt, change, error);

	if (done)
		*changed = attempt.edited.changed;
	list_table_free(&attempt.table);
	list_edited_free(&attempt.edited);
	list_file_free(&attempt.file);
	pthread_mutex_unlock(&lists_work);
	return done;
}

bool
lists_reload(struct weir *weir, enum list_kind kind, uint64_t *entries, FILE *errors)
{
	struct error error;

	pthread_mutex_lock(&lists_work);
	bool done = lists_load(weir, kind, true, errors, UINT64_MAX, &error);

	*entries = lists[kind].table.entries;
	pthread_mutex_unlock(&lists_work);
	return done;
}
