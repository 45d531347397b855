// SPDX-License-Identifier: BSD-3-Clause

#include "target.h"

#include "value.h"

#include <stdbool.h>
#include <string.h>
#include <strings.h>

// The byte of two hexadecimal digits. -1: they are no digits, or stand for a control character, which no
// parameter contains.
static int
read_escape(const char *digits)
{
	int high = value_of_digit(digits[0]);
	int low = high < 0 ? -1 : value_of_digit(digits[1]);

	if (low < 0)
		return -1;
	int byte = high << 4 | low;

	return byte < ' ' || byte == 0x7f ? -1 : byte;
}

// Decodes in place. `plus`: "+" is a space.
static bool
decode(char *text, bool plus)
{
	char *out = text;

	for (const char *in = text; *in != '\0'; in++) {
		if (*in == '%') {
			int byte = read_escape(in + 1);

			if (byte < 0)
				return false;
			*out++ = (char)byte;
			in += 2;
		} else {
			*out++ = plus && *in == '+' ? ' ' : *in;
		}
	}
	*out = '\0';
	return true;
}

static bool
decode_parameter(char *text, struct target_parameter *parameter)
{
	static char nothing[] = "";
	char *value = nothing;
	char *equals = strchr(text, '=');

	if (equals != NULL) {
		*equals = '\0';
		value = equals + 1;
	}
	*parameter = (struct target_parameter){text, value};
	return decode(text, true) && (equals == NULL || decode(value, true));
}

static const char *
parse_query(char *query, struct target *target)
{
	char *next;

	for (char *text = query; text != NULL; text = next) {
		next = strchr(text, '&');
		if (next != NULL)
			*next++ = '\0';
		if (*text == '\0')
			continue;
		if (target->count == TARGET_PARAMETERS_MAX)
			return "too many parameters: at most 128";
		if (!decode_parameter(text, &target->parameters[target->count++]))
			return "a % in the query must be followed by two hexadecimal digits of a "
			       "printable character";
	}
	return NULL;
}

const char *
target_parse(char *text, struct target *target)
{
	static char root[] = "/";
	char *query = strchr(text, '?');
	char *path = text;

	if (query != NULL)
		*query++ = '\0';
	if (strncasecmp(path, "http://", 7) == 0) {
		path = strchr(path + 7, '/');
		if (path == NULL)
			path = root;
	}
	target->path = path;
	target->count = 0;
	if (*path != '/')
		return "the path must begin with /";
	if (path != root && !decode(path, false))
		return "a % in the path must be followed by two hexadecimal digits of a printable "
		       "character";
	return query == NULL ? NULL : parse_query(query, target);
}
