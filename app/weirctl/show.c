// SPDX-License-Identifier: BSD-3-Clause

#include "show.h"

static void
member_row(
	struct table *table,
	const struct show_input *input,
	const struct field *known,
	const char *name
)
{
	struct field field = {.format = FIELD_COUNT};

	if (known != NULL)
		field = *known;
	field.name = name;
	table_cell(table, name);
	field_cells(table, &field, input->now, input->before, input->seconds);
	if (field.format != FIELD_COUNTER)
		table_cell(table, "");
	table_cell(table, field.unit == NULL ? "" : field.unit);
	table_cell(table, field.help == NULL ? "" : field.help);
}

// Whether a value is a text: then the column is aligned to the left.
static bool
has_text(const json_t *object)
{
	const char *name;
	json_t *value;

	json_object_foreach ((json_t *)object, name, value)
		if (json_is_string(value))
			return true;
	return false;
}

void
show_object(
	const struct show_input *input,
	const struct field *fields,
	size_t field_count,
	FILE *out
)
{
	struct table *table = table_new();
	const char *name;
	json_t *value;

	table_column(table, "name", TABLE_LEFT);
	table_column(table, "value", has_text(input->now) ? TABLE_LEFT : TABLE_RIGHT);
	table_column(table, "per s", TABLE_RIGHT);
	table_column(table, "unit", TABLE_LEFT);
	table_column(table, "what it is", TABLE_LEFT);
	json_object_foreach ((json_t *)input->now, name, value)
		member_row(table, input, field_find(fields, field_count, name), name);
	table_print(table, out);
	table_free(table);
}

// The row of the previous list with the same id.
static const json_t *
row_before(const json_t *list, const json_t *row, const char *id)
{
	const json_t *candidate;
	size_t i;

	json_array_foreach ((json_t *)list, i, candidate)
		if (json_equal(json_object_get(candidate, id), json_object_get(row, id)))
			return candidate;
	return NULL;
}

static const json_t *
list_of(const json_t *reply, const char *list)
{
	return list == NULL ? reply : json_object_get(reply, list);
}

void
show_list(
	const struct show_input *input,
	const char *list,
	const struct field *fields,
	size_t field_count,
	FILE *out
)
{
	struct table *table = table_new();
	bool rates = false;
	const json_t *row;
	size_t i;

	for (size_t f = 0; f < field_count; f++) {
		field_columns(table, &fields[f]);
		rates = rates || fields[f].format == FIELD_COUNTER;
	}
	json_array_foreach ((json_t *)list_of(input->now, list), i, row) {
		const json_t *before = rates
			? row_before(list_of(input->before, list), row, fields[0].name)
			: NULL;

		for (size_t f = 0; f < field_count; f++)
			field_cells(table, &fields[f], row, before, input->seconds);
	}
	table_print(table, out);
	table_free(table);
}
