// SPDX-License-Identifier: BSD-3-Clause

#include "field.h"

#include "../common/memory.h"
#include "number.h"
#include "reply.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static const char rate_title[] = "per s";

const struct field *
field_find(const struct field *fields, size_t count, const char *name)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(fields[i].name, name) == 0)
			return &fields[i];
	return NULL;
}

const json_t *
field_value(const json_t *object, const char *name)
{
	const char *dot = strchr(name, '.');
	char outer[64];

	if (dot == NULL)
		return json_object_get(object, name);
	snprintf(outer, sizeof(outer), "%.*s", (int)(dot - name), name);
	return json_object_get(json_object_get(object, outer), dot + 1);
}

static struct number_text
plain(uint64_t number)
{
	struct number_text text;

	snprintf(text.text, sizeof(text.text), "%" PRIu64, number);
	return text;
}

static struct number_text
format_number(enum field_format format, uint64_t number)
{
	switch (format) {
	case FIELD_PLAIN:
		return plain(number);
	case FIELD_BYTES:
		return number_bytes(number);
	case FIELD_NANOSECONDS:
		return number_nanoseconds(number);
	case FIELD_MILLISECONDS:
		return number_milliseconds(number);
	case FIELD_DURATION:
		return number_duration(number);
	case FIELD_MOMENT:
		return number_moment(number);
	case FIELD_PERCENT:
		return number_percent((double)number);
	case FIELD_FLAG:
		return number != 0 ? (struct number_text){"yes"} : (struct number_text){"no"};
	default:
		return number_count(number);
	}
}

// A string as it is, any other value as JSON. The caller frees it.
static char *
text_of(const json_t *value)
{
	const char *text = json_string_value(value);
	char *json = text == NULL ? json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY) : NULL;

	if (json != NULL)
		return json;
	return memory_text(text == NULL ? "" : text);
}

static void
text_cell(struct table *table, const json_t *value)
{
	char *text = text_of(value);

	table_cell(table, text);
	free(text);
}

static void
list_cell(struct table *table, const json_t *list)
{
	char line[512] = "";
	size_t at = 0, i;
	const json_t *element;

	json_array_foreach ((json_t *)list, i, element) {
		char *text = text_of(element);

		if (at < sizeof(line))
			at += (size_t
			)snprintf(line + at, sizeof(line) - at, "%s%s", i > 0 ? " " : "", text);
		free(text);
	}
	table_cell(table, line);
}

void
field_rate_cell(
	struct table *table,
	const char *name,
	const json_t *object,
	const json_t *before,
	double seconds
)
{
	double per_s;
	bool known = before != NULL
		&& number_growth(
			     reply_number(before, name), reply_number(object, name), seconds, &per_s
		);

	table_cell(table, known ? number_rate(per_s).text : "");
}

void
field_columns(struct table *table, const struct field *field)
{
	bool text = field->format == FIELD_TEXT || field->format == FIELD_FLAG;

	table_column(table, field->title, text ? TABLE_LEFT : TABLE_RIGHT);
	if (field->format == FIELD_COUNTER)
		table_column(table, rate_title, TABLE_RIGHT);
}

void
field_cells(
	struct table *table,
	const struct field *field,
	const json_t *object,
	const json_t *before,
	double seconds
)
{
	const json_t *value = field_value(object, field->name);

	if (json_is_integer(value) && json_integer_value(value) >= 0)
		table_cell(
			table,
			format_number(field->format, (uint64_t)json_integer_value(value)).text
		);
	else if (json_is_array(value))
		list_cell(table, value);
	else
		text_cell(table, value);
	if (field->format == FIELD_COUNTER)
		field_rate_cell(table, field->name, object, before, seconds);
}
