// SPDX-License-Identifier: BSD-3-Clause

#include "accept_header.h"

#include <stddef.h>
#include <string.h>
#include <strings.h>

// A part of the header without surrounding blanks; not terminated.
struct part {
	const char *text;
	size_t length;
};

// Splits off the part before the next `separator`.
static struct part
cut(struct part *rest, char separator)
{
	const char *end = memchr(rest->text, separator, rest->length);
	size_t length = end == NULL ? rest->length : (size_t)(end - rest->text);
	struct part part = {rest->text, length};
	size_t taken = end == NULL ? length : length + 1;

	rest->text += taken;
	rest->length -= taken;
	while (part.length > 0 && strchr(" \t", part.text[0]) != NULL)
		part = (struct part){part.text + 1, part.length - 1};
	while (part.length > 0 && strchr(" \t", part.text[part.length - 1]) != NULL)
		part.length--;
	return part;
}

static bool
is_word(struct part part, const char *word)
{
	return part.length == strlen(word) && strncasecmp(part.text, word, part.length) == 0;
}

// Parses a weight, "0" to "1" with up to three decimals. Returns it in thousandths; -1: malformed.
static int
read_weight(struct part part)
{
	int weight = 0, unit = 1000;

	for (size_t i = 0; i < part.length; i++) {
		char c = part.text[i];

		if (i == 1 ? c != '.' : c < '0' || c > '9' || i > 4)
			return -1;
		if (i == 1)
			continue;
		weight += (c - '0') * unit;
		unit /= 10;
	}
	return part.length == 0 || weight > 1000 ? -1 : weight;
}

static bool
is_supported_version(struct part value)
{
	return is_word(value, "1.0.0") || is_word(value, "0.0.1") || is_word(value, "\"1.0.0\"");
}

// Parses one media range, "type;name=value;...". Returns its weight; 0 where it is not acceptable.
static int
read_range(struct part range, bool *is_open, bool *is_text)
{
	struct part type = cut(&range, ';');
	int weight = 1000;

	*is_open = is_word(type, "application/openmetrics-text");
	*is_text = is_word(type, "text/plain");
	while (range.length > 0) {
		struct part value = cut(&range, ';');
		struct part name = cut(&value, '=');

		value = cut(&value, ';');
		if (is_word(name, "q"))
			weight = read_weight(value);
		else if (is_word(name, "version") && *is_open && !is_supported_version(value))
			return 0;
	}
	return weight < 0 ? 0 : weight;
}

bool
accept_header_wants_open_metrics(const char *header)
{
	int open = 0, text = 0;

	if (header == NULL)
		return false;
	for (struct part rest = {header, strlen(header)}; rest.length > 0;) {
		bool is_open, is_text;
		int weight = read_range(cut(&rest, ','), &is_open, &is_text);

		if (is_open && weight > open)
			open = weight;
		if (is_text && weight > text)
			text = weight;
	}
	return open > 0 && open >= text;
}
