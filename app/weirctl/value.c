// SPDX-License-Identifier: BSD-3-Clause

#include "value.h"

#include "../telemetry_client/rows.h"

#include <stdbool.h>
#include <string.h>

uint64_t
value_number(const json_t *object, const char *name)
{
	json_int_t number = json_integer_value(json_object_get(object, name));

	return number < 0 ? 0 : (uint64_t)number;
}

const char *
value_text(const json_t *object, const char *name)
{
	const char *text = json_string_value(json_object_get(object, name));

	return text == NULL ? "" : text;
}

static bool
is_list(const json_t *value)
{
	const char *name;
	json_t *element;

	if (!json_is_object(value))
		return false;
	json_object_foreach ((json_t *)value, name, element)
		if (*name == '\0' || name[strspn(name, "0123456789")] != '\0')
			return false;
	return true;
}

static json_t *
list_of(const json_t *object, const char *id)
{
	json_t *rows = rows_list(object, id), *list = json_array(), *row;
	size_t i;

	json_array_foreach (rows, i, row)
		json_array_append_new(list, value_with_lists(row, NULL));
	json_decref(rows);
	return list;
}

json_t *
value_with_lists(const json_t *value, const char *id)
{
	const char *name;
	json_t *element;

	if (!json_is_object(value))
		return json_deep_copy(value);
	if (is_list(value))
		return list_of(value, id);
	json_t *object = json_object();

	json_object_foreach ((json_t *)value, name, element)
		json_object_set_new(object, name, value_with_lists(element, NULL));
	return object;
}
