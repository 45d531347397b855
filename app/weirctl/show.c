// SPDX-License-Identifier: BSD-3-Clause

#include "show.h"

#include <string.h>

// A member that the table does not have is shown, too, as a newer Weir may have it.
static struct field_info
info_of(enum field_object object, const char *name)
{
	const struct field_object_info *about = &field_objects[object];
	const struct field_info *known = field_find(object, name);

	if (known != NULL)
		return *known;
	if (about->key != NULL && strcmp(name, about->key) == 0)
		return (struct field_info
		){.name = name, .kind = FIELD_KIND_NUMBER, .unit = "", .help = about->key_help};
	return (struct field_info){.name = name, .kind = FIELD_KIND_GAUGE, .unit = "", .help = ""};
}

static void
member_row(
	struct table *table,
	const struct show_input *input,
	enum field_object object,
	const char *name
)
{
	struct field_info info = info_of(object, name);

	table_cell(table, name);
	cell_add(table, &info, input->now, input->before, input->seconds);
	if (info.kind != FIELD_KIND_COUNTER)
		table_cell(table, "");
	table_cell(table, cell_unit(&info));
	table_cell(table, info.help);
}

// Whether a member is text; then values are aligned left.
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
show_object(const struct show_input *input, enum field_object object, FILE *out)
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
		member_row(table, input, object, name);
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
list_of(const json_t *reply, enum field list)
{
	return list == FIELD_NONE ? reply : json_object_get(reply, field_infos[list].name);
}

// The numbers of rows, where they have any, identify them; else their first field does.
static struct field_info
key_info(enum field_object object)
{
	const char *key = field_objects[object].key;

	if (*key == '\0')
		return field_infos[field_objects[object].first];
	return (struct field_info){
		.name = key, .label = key, .kind = FIELD_KIND_NUMBER, .unit = ""};
}

static void
add_row(struct table *table,
	const struct show_list *list,
	const struct show_input *input,
	const json_t *row)
{
	struct field_info key = key_info(list->object);
	const json_t *before = row_before(list_of(input->before, list->list), row, key.name);

	if (key.object == OBJECT_NONE)
		cell_add(table, &key, row, NULL, 0);
	for (size_t c = 0; c < list->column_count; c++)
		cell_add(table, &field_infos[list->columns[c]], row, before, input->seconds);
}

void
show_list(const struct show_input *input, const struct show_list *list, FILE *out)
{
	struct field_info key = key_info(list->object);
	struct table *table = table_new();
	const json_t *row;
	size_t i;

	if (key.object == OBJECT_NONE)
		cell_columns(table, &key);
	for (size_t c = 0; c < list->column_count; c++)
		cell_columns(table, &field_infos[list->columns[c]]);
	json_array_foreach ((json_t *)list_of(input->now, list->list), i, row)
		add_row(table, list, input, row);
	table_print(table, out);
	table_free(table);
}
