// SPDX-License-Identifier: BSD-3-Clause

#include "control_request.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SHOWN_MAX = 40 }; // bytes of a client's text that an error repeats

// Where each member goes.
static const size_t offsets[CONTROL_MEMBER_COUNT] = {
#define CONTROL_MEMBER(name, field, ...)                                                           \
	[CONTROL_MEMBER_##name] = offsetof(struct control_request, field),
#include "../../../lib/stats/control_command.def"
};

// Adds a sentence, unless there are enough: printable ASCII, whatever the client's texts in it hold. Returns
// false.
__attribute__((format(printf, 2, 3))) static bool
complain(json_t *errors, const char *format, ...)
{
	char text[512];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	for (char *c = text; *c != '\0'; c++)
		if (*c < ' ' || *c > '~')
			*c = '?';
	if (json_array_size(errors) < CONTROL_ERRORS_MAX)
		json_array_append_new(errors, json_string(text));
	return false;
}

// A text that can go into a line of a file and of the log.
static bool
is_text(const json_t *value, uint32_t min, uint32_t max)
{
	const char *text = json_string_value(value);
	size_t len = json_string_length(value);

	if (text == NULL || len < min || len > max)
		return false;
	for (size_t i = 0; i < len; i++)
		if ((unsigned char)text[i] < ' ' || text[i] == 0x7f)
			return false;
	return true;
}

static bool
read_texts(
	struct control_request *request,
	const struct control_member_info *member,
	const json_t *value,
	json_t *errors
)
{
	size_t count = json_array_size(value);
	bool right = true;

	if (!json_is_array(value) || count < member->min || count > member->max)
		return complain(
			errors,
			"%s: must be an array of %u to %u texts",
			member->name,
			member->min,
			member->max
		);
	free(request->entries);
	request->entries = calloc(count, sizeof(*request->entries));
	if (request->entries == NULL)
		return complain(errors, "%s: no memory", member->name);
	for (size_t i = 0; i < count; i++) {
		if (!is_text(json_array_get(value, i), 1, CONTROL_ENTRY_MAX))
			right = complain(
				errors,
				"%s[%zu]: must be a text of 1 to %d bytes without control "
				"characters",
				member->name,
				i,
				CONTROL_ENTRY_MAX
			);
		request->entries[i] = json_string_value(json_array_get(value, i));
	}
	request->entry_count = (unsigned)count;
	return right;
}

static bool
read_member(
	struct control_request *request,
	enum control_member number,
	const json_t *value,
	json_t *errors
)
{
	const struct control_member_info *member = &control_members[number];
	void *field = (char *)request + offsets[number];

	if (member->kind == CONTROL_TEXTS)
		return read_texts(request, member, value, errors);
	if (member->kind == CONTROL_TEXT) {
		*(const char **)field = json_string_value(value);
		return is_text(value, member->min, member->max)
			|| complain(
				errors,
				"%s: must be a text of %u to %u bytes without control "
				"characters",
				member->name,
				member->min,
				member->max
			);
	}
	json_int_t integer = json_integer_value(value);

	*(uint32_t *)field = (uint32_t)integer;
	return (json_is_integer(value) && integer >= member->min && integer <= member->max)
		|| complain(
			errors,
			"%s: must be a whole number from %u to %u",
			member->name,
			member->min,
			member->max
		);
}

static bool
find_command(struct control_request *request, json_t *errors)
{
	const json_t *named = json_object_get(request->json, "command");
	const char *name = json_string_value(named);

	if (named == NULL)
		return complain(errors, "command: is missing; the command help lists them");
	if (name == NULL)
		return complain(errors, "command: must be a text");
	for (unsigned c = 0; c < CONTROL_COUNT; c++)
		if (strcmp(control_commands[c].name, name) == 0) {
			request->command = c;
			return true;
		}
	return complain(
		errors, "command: unknown: %.*s; the command help lists them", SHOWN_MAX, name
	);
}

static enum control_member
find_member(const struct control_command *command, const char *name)
{
	unsigned m = 0;

	while (m < CONTROL_MEMBER_COUNT
	       && (strcmp(control_members[m].name, name) != 0
		   || control_use(command, m) == CONTROL_UNKNOWN))
		m++;
	return m;
}

// Every member of the object must be one of the command.
static bool
read_members(struct control_request *request, json_t *errors)
{
	const struct control_command *command = &control_commands[request->command];
	const char *name;
	json_t *value;
	bool right = true;

	json_object_foreach (request->json, name, value) {
		enum control_member member = find_member(command, name);

		if (member < CONTROL_MEMBER_COUNT)
			right &= read_member(request, member, value, errors);
		else if (strcmp(name, "command") != 0)
			right = complain(
				errors, "%.*s: is no member of %s", SHOWN_MAX, name, command->name
			);
	}
	for (unsigned m = 0; m < CONTROL_MEMBER_COUNT; m++)
		if (control_use(command, m) == CONTROL_NEEDED
		    && json_object_get(request->json, control_members[m].name) == NULL)
			right = complain(errors, "%s: is missing", control_members[m].name);
	return right;
}

// Rules that a single member does not show.
static bool
check_together(const struct control_request *request, json_t *errors)
{
	if (request->for_s != 0 && request->until_s != 0)
		return complain(errors, "until: excludes for");
	return true;
}

bool
control_request_parse(struct control_request *request, const char *line, size_t len, json_t *errors)
{
	json_error_t why;

	*request = (struct control_request){
		.json = json_loadb(line, len, JSON_REJECT_DUPLICATES, &why),
	};
	bool right = false;

	if (request->json == NULL)
		complain(errors, "the request is not JSON: %s, at byte %d", why.text, why.position);
	else if (!json_is_object(request->json))
		complain(errors, "the request must be a JSON object");
	else
		right = find_command(request, errors) && read_members(request, errors)
			&& check_together(request, errors);
	if (!right)
		control_request_free(request);
	return right;
}

void
control_request_free(struct control_request *request)
{
	free(request->entries);
	json_decref(request->json);
	*request = (struct control_request){0};
}
