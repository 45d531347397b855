// SPDX-License-Identifier: BSD-3-Clause

#include "key_form.h"

#include "value.h"

#include <jansson.h>
#include <string.h>

#define SECONDS_WANTED "seconds_valid: must be a whole number from 1 to %d"

static bool
is_letter_or_digit(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

bool
key_parse(const char *text, char key[KEY_FORM_CHARS + 1])
{
	key[0] = '\0';
	if (strlen(text) != KEY_FORM_CHARS)
		return false;
	for (const char *c = text; *c != '\0'; c++)
		if (!is_letter_or_digit(*c))
			return false;
	memcpy(key, text, KEY_FORM_CHARS + 1);
	return true;
}

bool
key_parse_seconds(const char *text, struct key_form *form, struct refusal *refusal)
{
	return value_read_number(text, 1, KEY_FORM_SECONDS_MAX, &form->seconds_valid)
		|| refuse(refusal, 400, SECONDS_WANTED, KEY_FORM_SECONDS_MAX);
}

static bool
read_key(const json_t *value, struct key_form *form, struct refusal *refusal)
{
	const char *text = json_string_value(value);

	return json_is_null(value) || (text != NULL && key_parse(text, form->key))
		|| refuse(refusal, 400, "key: must be %d letters and digits", KEY_FORM_CHARS);
}

static bool
read_seconds(const json_t *value, struct key_form *form, struct refusal *refusal)
{
	json_int_t seconds = json_integer_value(value); // 0 for anything else

	if (json_is_null(value))
		return true;
	if (seconds < 1 || seconds > KEY_FORM_SECONDS_MAX)
		return refuse(refusal, 400, SECONDS_WANTED, KEY_FORM_SECONDS_MAX);
	form->seconds_valid = (uint64_t)seconds;
	return true;
}

static bool
read_members(json_t *members, struct key_form *form, struct refusal *refusal)
{
	const char *name;
	json_t *value;

	json_object_foreach (members, name, value) {
		if (strcmp(name, "key") == 0) {
			if (!read_key(value, form, refusal))
				return false;
		} else if (strcmp(name, "seconds_valid") == 0) {
			if (!read_seconds(value, form, refusal))
				return false;
		} else {
			return refuse(
				refusal, 400, "unknown member; known here: key seconds_valid"
			);
		}
	}
	return true;
}

bool
key_form_read(const char *text, size_t size, struct key_form *form, struct refusal *refusal)
{
	json_t *members = json_loadb(text, size, JSON_REJECT_DUPLICATES, NULL);
	bool good = json_is_object(members)
		? read_members(members, form, refusal)
		: refuse(refusal, 400, "the body must be a JSON object: key, seconds_valid");

	json_decref(members);
	return good;
}
