// SPDX-License-Identifier: BSD-3-Clause

#include "fetch.h"

#include "argument.h"
#include "reply.h"
#include "rows.h"

#include <inttypes.h>
#include <stdlib.h>

enum {
	COMMAND_MAX = 256,
	ROWS_OF_REPLY = 40, // maximum of one reply that lists lcores, shards or ports
	ROWS_MAX = 4096, // of such a list, against a faulty Weir
};

// Fetches rows 41, 42, … of a list one by one, until there is none.
static void
fetch_rows(struct telemetry_client *client, const char *command_text, const char *id, json_t *list)
{
	char one[COMMAND_MAX];
	struct telemetry_error error;
	size_t count = json_array_size(list);
	uint64_t next = reply_number(json_array_get(list, count - 1), id) + 1;

	for (; count < ROWS_MAX; count++, next++) {
		snprintf(one, sizeof(one), "%s,%" PRIu64, command_text, next);
		json_t *row = telemetry_client_get(client, one, &error);

		if (row == NULL)
			return;
		json_array_append_new(list, rows_numbered(row, id, (json_int_t)next));
		json_decref(row);
	}
}

json_t *
fetch_reply(
	struct telemetry_client *client,
	const char *command_text,
	enum field_object object,
	struct telemetry_error *error
)
{
	const char *id = field_objects[object].key;
	json_t *reply = telemetry_client_get(client, command_text, error);

	if (reply == NULL)
		return NULL;
	json_t *listed = rows_expand(reply, id);

	json_decref(reply);
	if (id != NULL && json_array_size(listed) >= ROWS_OF_REPLY)
		fetch_rows(client, command_text, id, listed);
	return listed;
}

// Writes "/weir/peers,HASH" with the first `word_count` words. Returns its length.
static size_t
write_command(
	char command_text[COMMAND_MAX],
	const struct command *command,
	const char *const *words,
	unsigned word_count
)
{
	int at = snprintf(
		command_text, COMMAND_MAX, "%s", telemetry_commands[command->telemetry].path
	);

	for (unsigned i = 0; i < word_count; i++)
		at += snprintf(command_text + at, COMMAND_MAX - (size_t)at, ",%s", words[i]);
	return (size_t)at;
}

// Appends the rows of `page` to `sum` and frees it. Returns their number.
static json_int_t
add_page(json_t **sum, json_t *page, enum field list)
{
	json_t *rows = reply_field_value(page, list);
	json_int_t count = (json_int_t)json_array_size(rows);

	if (*sum == NULL) {
		*sum = page;
		return count;
	}
	json_t *all = reply_field_value(*sum, list);

	json_array_extend(all, rows);
	json_integer_set(json_object_get(*sum, "count"), (json_int_t)json_array_size(all));
	json_decref(page);
	return count;
}

static json_t *
fetch_pages(
	struct telemetry_client *client,
	const struct command *command,
	char command_text[COMMAND_MAX],
	size_t length, // of the command before the offset
	unsigned long offset,
	unsigned long limit,
	struct telemetry_error *error
)
{
	json_t *sum = NULL;

	for (unsigned long left = limit, got = 1; left > 0 && got > 0; left -= got) {
		unsigned long wanted = left < command->page ? left : command->page;

		snprintf(
			command_text + length,
			COMMAND_MAX - length,
			",%lu,%lu",
			offset + limit - left,
			wanted
		);
		json_t *page = fetch_reply(client, command_text, command->object, error);

		if (page == NULL) {
			json_decref(sum);
			return NULL;
		}
		got = (unsigned long)add_page(&sum, page, command->list);
		if (got != wanted)
			break; // the last page, or a faulty Weir
	}
	return sum;
}

json_t *
fetch(struct telemetry_client *client,
      const struct command *command,
      const char *const *words,
      unsigned word_count,
      struct telemetry_error *error)
{
	const struct option_row *list[ARGUMENTS_MAX];
	char command_text[COMMAND_MAX];
	unsigned fixed = word_count;

	if (command->list != FIELD_NONE)
		argument_list(command->arguments, list, &fixed);
	size_t length = write_command(command_text, command, words, fixed);

	if (command->list == FIELD_NONE)
		return fetch_reply(client, command_text, command->object, error);
	unsigned long offset = word_count > fixed ? strtoul(words[fixed], NULL, 10) : 0;
	unsigned long limit =
		word_count > fixed + 1 ? strtoul(words[fixed + 1], NULL, 10) : command->page;

	return fetch_pages(client, command, command_text, length, offset, limit, error);
}
