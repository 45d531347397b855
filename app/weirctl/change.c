// SPDX-License-Identifier: BSD-3-Clause

#include "change.h"

#include "change_print.h"
#include "control_client.h"
#include "entries.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	BATCH_ENTRIES = 5000, // of a request
	BATCH_BYTES =
		400000, // of its entries; Weir takes a line of 1 MiB, and escapes may double them
};

static void
add_number(json_t *request, const char *name, uint32_t number)
{
	if (number != 0)
		json_object_set_new(request, name, json_integer(number));
}

// A request without entries.
static json_t *
make_request(const struct command_line *line)
{
	json_t *request = json_object();

	json_object_set_new(request, "command", json_string(line->action->name));
	add_number(request, "for", line->for_s);
	add_number(request, "in", line->in_s);
	if (line->reason != NULL)
		json_object_set_new(request, "reason", json_string(line->reason));
	for (unsigned i = 0; i < line->word_count; i++) // OFFSET and LIMIT
		json_object_set_new(
			request,
			i == 0 ? "offset" : "limit",
			json_integer(strtol(line->words[i], NULL, 10))
		);
	return request;
}

// Moves a batch of entries from number `*at` on into the request.
static size_t
take_batch(json_t *request, const json_t *entries, size_t *at)
{
	json_t *batch = json_array();
	size_t bytes = 0;

	while (*at < json_array_size(entries) && json_array_size(batch) < BATCH_ENTRIES
	       && bytes < BATCH_BYTES) {
		json_t *entry = json_array_get(entries, (*at)++);

		bytes += json_string_length(entry) + 3;
		json_array_append(batch, entry);
	}
	if (json_array_size(batch) > 0)
		json_object_set(request, "entries", batch);
	bytes = json_array_size(batch);
	json_decref(batch);
	return bytes;
}

static void
print(const struct command_line *line, const json_t *reply, size_t asked)
{
	if (line->json) {
		json_dumpf(reply, stdout, JSON_INDENT(2));
		putchar('\n');
	} else {
		change_print(line->action, reply, asked, stdout);
	}
}

// One request and its reply.
static bool
ask(struct control_client *client,
    const struct command_line *line,
    const json_t *request,
    size_t asked)
{
	json_t *reply = control_client_ask(client, request, line->control_path, stderr);
	bool done = reply != NULL && json_is_true(json_object_get(reply, "ok"));

	if (done || (reply != NULL && line->json))
		print(line, reply, asked);
	if (reply != NULL && !done)
		change_print_errors(reply, stderr);
	json_decref(reply);
	return done;
}

bool
change_run(const struct command_line *line)
{
	struct control_client client;
	json_t *entries = json_array();
	size_t at = 0;
	bool done = entries_collect(line, entries, stderr);

	if (done && line->file != NULL && json_array_size(entries) == 0) {
		fprintf(stderr, "weirctl: %s: there is no entry in it\n", line->file);
		done = false;
	}
	if (!done || !control_client_open(&client, line->control_path, stderr)) {
		json_decref(entries);
		return false;
	}
	do {
		json_t *request = make_request(line);
		size_t asked = take_batch(request, entries, &at);

		done = ask(&client, line, request, asked);
		json_decref(request);
	} while (done && at < json_array_size(entries));
	control_client_close(&client);
	json_decref(entries);
	return done;
}
