// SPDX-License-Identifier: BSD-3-Clause

#include "changes.h"

#include "control_client.h"

#include <time.h>

enum outcome { OUTCOME_OK, OUTCOME_KEY, OUTCOME_FOUND };

static const struct {
	const char *command; // NULL: the route changes nothing
	enum outcome outcome; // what the response tells
} changes[ROUTE_COUNT] = {
	[ROUTE_whitelist_add] = {"access.add", OUTCOME_OK},
	[ROUTE_whitelist_remove] = {"access.remove", OUTCOME_OK},
	[ROUTE_whitelist_reload] = {"access.reload", OUTCOME_OK},
	[ROUTE_key_new] = {"key.add", OUTCOME_KEY},
	[ROUTE_key_add] = {"key.add", OUTCOME_KEY},
	[ROUTE_key_remove] = {"key.remove", OUTCOME_FOUND},
	[ROUTE_keys_reload] = {"key.reload", OUTCOME_OK},
};

bool
changes_has(enum route route)
{
	return route < ROUTE_COUNT && changes[route].command != NULL;
}

static json_t *
command_of(const struct request *request, uint64_t until_s)
{
	json_t *command = json_pack("{s: s}", "command", changes[request->route].command);
	const char *entry = request->info_hash[0] != '\0' ? request->info_hash : request->form.key;

	if (entry[0] != '\0')
		json_object_set_new(command, "entries", json_pack("[s]", entry));
	if (until_s != 0)
		json_object_set_new(command, "until", json_integer((json_int_t)until_s));
	return command;
}

// A key as Torrust shows it: both times are the same one.
static struct response
key_response(const char *key, uint64_t until_s)
{
	time_t until = (time_t)until_s;
	char text[64];
	struct tm parts;

	if (until_s == 0)
		return response_json(
			200,
			json_pack("{s: s, s: n, s: n}", "key", key, "valid_until", "expiry_time")
		);
	gmtime_r(&until, &parts);
	strftime(text, sizeof(text), "%Y-%m-%d %H:%M:%S UTC", &parts);
	return response_json(
		200,
		json_pack(
			"{s: s, s: I, s: s}",
			"key",
			key,
			"valid_until",
			(json_int_t)until_s,
			"expiry_time",
			text
		)
	);
}

// The response to a reply that is not an error.
static struct response
response_of(const struct request *request, const json_t *reply, uint64_t until_s)
{
	const char *made = json_string_value(json_object_get(reply, "key"));
	const json_t *changed = json_object_get(reply, "changed");
	char key[KEY_FORM_CHARS + 1];

	switch (changes[request->route].outcome) {
	case OUTCOME_OK:
		return response_json(200, json_pack("{s: s}", "status", "ok"));
	case OUTCOME_KEY:
		if (request->form.key[0] != '\0')
			return key_response(request->form.key, until_s);
		if (made == NULL || !key_parse(made, key))
			break;
		return key_response(key, until_s);
	case OUTCOME_FOUND:
		if (!json_is_integer(changed))
			break;
		if (json_integer_value(changed) == 0)
			return response_error(404, "there is no such key");
		return response_json(200, json_pack("{s: s}", "status", "ok"));
	}
	return response_error(503, "Weir's reply lacks a member");
}

struct response
changes_make(const struct request *request, struct connector *connector)
{
	uint64_t until_s = request->form.seconds_valid == 0
		? 0
		: (uint64_t)time(NULL) + request->form.seconds_valid;
	json_t *command = command_of(request, until_s);
	struct error error;
	json_t *reply = control_client_ask(connector, command, &error);
	const char *why = json_string_value(json_object_get(reply, "error"));
	struct response response;

	if (reply == NULL)
		response = response_error(503, error.text);
	else if (json_is_true(json_object_get(reply, "ok")))
		response = response_of(request, reply, until_s);
	else
		response = why == NULL ? response_error(503, "Weir's reply is not understood")
				       : response_error(500, why);
	json_decref(command);
	json_decref(reply);
	return response;
}
