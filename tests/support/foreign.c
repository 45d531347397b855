// SPDX-License-Identifier: BSD-3-Clause

#include "foreign.h"

#include <stdlib.h>

static const char *const strangers[] = {
	NULL, // the value is not there at all
	"null",
	"true",
	"false",
	"1.5",
	"1e300",
	"-1",
	"0",
	"9223372036854775807",
	"-9223372036854775808",
	"\"\"",
	"\"x\"",
	"\"\\u001b[2J\\u0007 \\u00e9\\ud83d\\ude00 %s%n\"",
	"[]",
	"[null, -1, [\"x\"], {}]",
	"{}",
	"{\"0\": null, \"1\": true, \"7\": [], \"99999999999999999999\": {}}",
	"{\"a\": {\"b\": [1.5]}, \"\": 0}",
};

enum { STRANGERS = sizeof(strangers) / sizeof(*strangers) };

json_t *
foreign_replies(void)
{
	return json_load_file(REPLIES, 0, NULL);
}

static unsigned
count_values(json_t *value)
{
	unsigned count = 1;
	const char *name;
	json_t *element;
	size_t i;

	json_object_foreach (value, name, element)
		count += count_values(element);
	json_array_foreach (value, i, element)
		count += count_values(element);
	return count;
}

static json_t *
make_stranger(unsigned number)
{
	return json_loads(strangers[number], JSON_DECODE_ANY, NULL);
}

// Spoils the value with number `*at` of those within `value`, which counts down to 0. True: done.
static bool
spoil(json_t *value, unsigned *at, unsigned stranger)
{
	const char *name;
	json_t *element;
	void *next;
	size_t i;

	json_object_foreach_safe(value, next, name, element)
	{
		if ((*at)-- == 0)
			return stranger == 0
				? json_object_del(value, name) == 0
				: json_object_set_new(value, name, make_stranger(stranger)) == 0;
		if (spoil(element, at, stranger))
			return true;
	}
	json_array_foreach (value, i, element) {
		if ((*at)-- == 0)
			return stranger == 0
				? json_array_remove(value, i) == 0
				: json_array_set_new(value, i, make_stranger(stranger)) == 0;
		if (spoil(element, at, stranger))
			return true;
	}
	return false;
}

unsigned
foreign_each(const json_t *reply, unsigned step, foreign_use *use, void *context)
{
	unsigned calls = 0, all = count_values((json_t *)reply) * STRANGERS;

	for (unsigned number = 0; number < all; number += step, calls++) {
		unsigned at = number / STRANGERS, stranger = number % STRANGERS;
		json_t *spoiled =
			at > 0 || stranger == 0 ? json_deep_copy(reply) : make_stranger(stranger);

		if (at > 0) {
			at--;
			spoil(spoiled, &at, stranger);
		}
		use(spoiled, context);
		json_decref(spoiled);
	}
	return calls;
}
