// SPDX-License-Identifier: BSD-3-Clause

#include "perform.h"

#include "../log/log.h"

#include <stdlib.h>
#include <string.h>

static const struct {
	handler_function *run;
	unsigned list;
} handlers[CONTROL_COUNT] = {
#define CONTROL_COMMAND(id, name, handler, list, ...)                                              \
	[CONTROL_##id] = {command_##handler, LIST_##list},
#include "../../../lib/stats/control_command.def"
};

// A text of any bytes as JSON.
static json_t *
make_text(const char *text)
{
	json_t *value = json_string(text);

	if (value != NULL)
		return value;
	char *copy = strdup(text);

	for (char *c = copy; c != NULL && *c != '\0'; c++)
		if (*c < ' ' || *c > '~')
			*c = '?';
	value = copy == NULL ? NULL : json_string(copy);
	free(copy);
	return value;
}

void
handler_add_text(json_t *object, const char *name, const char *text)
{
	if (text != NULL)
		json_object_set_new(object, name, make_text(text));
}

void
handler_add_lines(json_t *object, const char *name, char *lines)
{
	json_t *array = json_array();
	char *rest = NULL;

	for (char *line = strtok_r(lines, "\n", &rest); line != NULL;
	     line = strtok_r(NULL, "\n", &rest))
		json_array_append_new(array, make_text(line));
	json_object_set_new(object, name, array);
}

// Serialises an object to a line and frees the object.
static char *
print(json_t *object)
{
	char *text = json_dumps(object, JSON_COMPACT);
	size_t len = text == NULL ? 0 : strlen(text);
	char *line = text == NULL ? NULL : realloc(text, len + 2);

	json_decref(object);
	if (line == NULL) {
		free(text);
		return NULL;
	}
	memcpy(line + len, "\n", 2);
	if (len < PERFORM_REPLY_MAX)
		return line;
	free(line);
	return perform_refuse_text("the reply has more than 4 MiB: ask for fewer entries");
}

char *
perform_refuse(json_t *errors)
{
	json_t *reply = json_object();

	json_object_set_new(reply, "ok", json_false());
	json_object_set(reply, "error", json_array_get(errors, 0));
	json_object_set(reply, "errors", errors);
	return print(reply);
}

char *
perform_refuse_text(const char *text)
{
	json_t *errors = json_pack("[o]", make_text(text));
	char *reply = perform_refuse(errors);

	json_decref(errors);
	return reply;
}

// What is asked for: "access.add 3 entries".
static void
describe(const struct control_request *request, char *text, size_t size)
{
	const char *name = control_commands[request->command].name;

	if (request->entry_count > 0)
		snprintf(
			text,
			size,
			"%s %u %s",
			name,
			request->entry_count,
			request->entry_count == 1 ? "entry" : "entries"
		);
	else
		snprintf(text, size, "%s", name);
}

static void
tell(const struct control_request *request, const struct ucred *peer, const char *failure)
{
	char what[64];

	if (control_commands[request->command].order != CONTROL_CHANGE)
		return;
	describe(request, what, sizeof(what));
	if (failure == NULL)
		log_info("control: user %u (pid %d): %s", peer->uid, (int)peer->pid, what);
	else
		log_warning(
			"control: user %u (pid %d): %s failed: %s",
			peer->uid,
			(int)peer->pid,
			what,
			failure
		);
}

char *
perform(struct weir *weir, const struct control_request *request, const struct ucred *peer)
{
	struct handler_call call = {
		weir, handlers[request->command].list, request, json_pack("{sb}", "ok", 0)};
	struct error error;
	bool done = handlers[request->command].run(&call, &error);

	tell(request, peer, done ? NULL : error.text);
	if (done)
		json_object_set_new(call.reply, "ok", json_true()); // it stays the first member
	if (!done) {
		handler_add_text(call.reply, "error", error.text);
		if (json_object_get(call.reply, "errors") == NULL)
			json_object_set_new(
				call.reply,
				"errors",
				json_pack("[O]", json_object_get(call.reply, "error"))
			);
	}
	return print(call.reply);
}
