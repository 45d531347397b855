// SPDX-License-Identifier: BSD-3-Clause
// Commands about the lists of torrents, networks, client programs and keys.

#include "../../common/memory.h"
#include "../lists/lists.h"
#include "handlers.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

enum { ROWS_DEFAULT = 100 };

// --- edits ------------------------------------------------------------------------------------

static bool
find_end(const struct handler_call *call, uint32_t *until_s, struct error *error)
{
	const struct control_request *request = call->request;
	uint32_t now_s = __atomic_load_n(&call->weir->wall_s, __ATOMIC_RELAXED);

	*until_s = request->until_s;
	if (request->until_s != 0 && request->until_s <= now_s)
		return error_set(error, NULL, "until: is not in the future");
	if (request->for_s == 0)
		return true;
	*until_s = now_s + request->for_s;
	return *until_s > now_s || error_set(error, NULL, "for: ends after the year 2106");
}

static bool
edit(const struct handler_call *call,
     enum list_edit how,
     const char *const *entries,
     unsigned count,
     struct error *error)
{
	struct list_change change = {
		.entries = entries,
		.count = count,
		.comment = call->request->reason,
	};
	unsigned changed;

	if (!find_end(call, &change.until_s, error)
	    || !lists_edit(call->weir, call->list, how, &change, &changed, error))
		return false;
	json_object_set_new(call->reply, "changed", json_integer(changed));
	return true;
}

static void
make_key(char key[AUTH_KEY_CHARS + 1])
{
	static const char letters[] =
		"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

	for (unsigned i = 0; i < AUTH_KEY_CHARS; i++)
		key[i] = letters[randombytes_uniform(sizeof(letters) - 1)];
	key[AUTH_KEY_CHARS] = '\0';
}

bool
command_list_add(const struct handler_call *call, struct error *error)
{
	const struct control_request *request = call->request;
	char key[AUTH_KEY_CHARS + 1];
	const char *entry = key;

	if (request->entry_count > 0)
		return edit(call, LIST_ADD, request->entries, request->entry_count, error);
	make_key(key);
	if (!edit(call, LIST_ADD, &entry, 1, error))
		return false;
	json_object_set_new(call->reply, "key", json_string(key));
	return true;
}

bool
command_list_remove(const struct handler_call *call, struct error *error)
{
	return edit(call, LIST_REMOVE, call->request->entries, call->request->entry_count, error);
}

// --- looking ----------------------------------------------------------------------------------

static json_t *
make_row(const struct list_row *row)
{
	json_t *object = json_object();

	handler_add_text(object, "entry", row->entry);
	if (row->until_s != 0)
		json_object_set_new(object, "until", json_integer(row->until_s));
	handler_add_text(object, "reason", row->comment);
	return object;
}

static void
add_entry(void *array, const struct list_row *row)
{
	json_array_append_new(array, make_row(row));
}

static void
add_result(void *array, const struct list_row *row)
{
	json_t *object = make_row(row);

	json_object_set_new(object, "listed", json_boolean(row->listed));
	json_object_set_new(object, "allowed", json_boolean(row->allowed));
	json_array_append_new(array, object);
}

bool
command_list_check(const struct handler_call *call, struct error *error)
{
	const struct control_request *request = call->request;
	json_t *results = json_array();

	json_object_set_new(call->reply, "results", results);
	return lists_check(
		call->weir,
		call->list,
		request->entries,
		request->entry_count,
		add_result,
		results,
		error
	);
}

bool
command_list_rows(const struct handler_call *call, struct error *error)
{
	const struct control_request *request = call->request;
	unsigned limit = request->limit != 0 ? request->limit : ROWS_DEFAULT;
	json_t *entries = json_array();
	uint64_t total = 0;

	json_object_set_new(call->reply, "entries", entries);
	if (!lists_rows(
		    call->weir,
		    call->list,
		    request->offset,
		    limit,
		    add_entry,
		    entries,
		    &total,
		    error
	    ))
		return false;
	json_object_set_new(call->reply, "total", json_integer((json_int_t)total));
	return true;
}

// --- reading again ----------------------------------------------------------------------------

bool
command_list_reload(const struct handler_call *call, struct error *error)
{
	char *lines = NULL;
	size_t size;
	FILE *errors = memory_stream(&lines, &size);
	uint64_t entries;

	if (errors == NULL)
		return error_set(error, NULL, "no memory");
	bool done = lists_reload(call->weir, call->list, &entries, errors);

	fclose(errors);
	if (done)
		json_object_set_new(call->reply, "entries", json_integer((json_int_t)entries));
	else
		handler_add_lines(call->reply, "errors", lines);
	free(lines);
	return done
		|| error_set(
			error,
			NULL,
			"%s: the list before stays in force",
			list_kinds[call->list].setting
		);
}
