// SPDX-License-Identifier: BSD-3-Clause

#include "cell.h"

#include "../common/memory.h"
#include "number.h"
#include "reply.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static const char rate_title[] = "per s";

// The value of a field in an object; NULL: absent. Fields of a peer's id are in an object of their own.
static const json_t *
value_of(const json_t *object, const struct field_info *info)
{
	if (info->object == OBJECT_peer_id)
		object = json_object_get(object, field_infos[FIELD_peer_peer_id].name);
	return json_object_get(object, info->name);
}

static struct number_text
plain(uint64_t number)
{
	struct number_text text;

	snprintf(text.text, sizeof(text.text), "%" PRIu64, number);
	return text;
}

static struct number_text
percent_text(uint64_t percent)
{
	return number_percent((double)percent);
}

typedef struct number_text number_function(uint64_t number);

// Formats a gauge by its unit, which its cell then has.
static number_function *
gauge_function(const char *unit)
{
	static const struct {
		const char *unit;
		number_function *function;
	} rows[] = {
		{"bytes", number_bytes},
		{"ns", number_nanoseconds},
		{"ms", number_milliseconds},
		{"s", number_duration},
		{"percent", percent_text},
	};

	for (unsigned i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		if (strcmp(rows[i].unit, unit) == 0)
			return rows[i].function;
	return NULL;
}

static struct number_text
number_of(const struct field_info *info, uint64_t number)
{
	number_function *function;

	switch (info->kind) {
	case FIELD_KIND_NUMBER:
		return plain(number);
	case FIELD_KIND_BOOLEAN:
		return number != 0 ? (struct number_text){"yes"} : (struct number_text){"no"};
	case FIELD_KIND_TIME:
		return number_moment(number);
	case FIELD_KIND_GAUGE:
		function = gauge_function(info->unit);
		return function == NULL ? number_count(number) : function(number);
	default:
		return number_count(number);
	}
}

const char *
cell_unit(const struct field_info *info)
{
	bool shown = info->kind == FIELD_KIND_TIME
		|| (info->kind == FIELD_KIND_GAUGE && gauge_function(info->unit) != NULL);

	return shown ? "" : info->unit;
}

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
cell_add_rate(
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
cell_columns(struct table *table, const struct field_info *info)
{
	bool text = info->kind == FIELD_KIND_TEXT || info->kind == FIELD_KIND_BOOLEAN;
	const char *title = *info->label == '\0' ? info->name : info->label;

	table_column(table, title, text ? TABLE_LEFT : TABLE_RIGHT);
	if (info->kind == FIELD_KIND_COUNTER)
		table_column(table, rate_title, TABLE_RIGHT);
}

void
cell_add(
	struct table *table,
	const struct field_info *info,
	const json_t *object,
	const json_t *before,
	double seconds
)
{
	const json_t *value = value_of(object, info);

	if (json_is_integer(value) && json_integer_value(value) >= 0)
		table_cell(table, number_of(info, (uint64_t)json_integer_value(value)).text);
	else if (json_is_array(value))
		list_cell(table, value);
	else
		text_cell(table, value);
	if (info->kind == FIELD_KIND_COUNTER)
		cell_add_rate(table, info->name, object, before, seconds);
}
