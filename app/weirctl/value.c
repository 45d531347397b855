// SPDX-License-Identifier: BSD-3-Clause

#include "value.h"

#include "memory.h"

#include <stdbool.h>
#include <stdlib.h>
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

static int
compare_names(const void *a, const void *b)
{
	unsigned long x = strtoul(*(const char *const *)a, NULL, 10);
	unsigned long y = strtoul(*(const char *const *)b, NULL, 10);

	return (x > y) - (x < y);
}

json_t *
value_numbered(const json_t *object, const char *id, uint64_t number)
{
	json_t *numbered = json_pack("{s:I}", id, (json_int_t)number);

	json_object_update(numbered, (json_t *)object);
	return numbered;
}

static json_t *
list_of(const json_t *object, const char *id)
{
	size_t count = 0;
	const char **names = memory_grow(NULL, (json_object_size(object) + 1) * sizeof(*names));
	json_t *list = json_array(), *element;
	const char *name;

	json_object_foreach ((json_t *)object, name, element)
		names[count++] = name;
	qsort(names, count, sizeof(*names), compare_names);
	for (size_t i = 0; i < count; i++) {
		json_t *row = value_with_lists(json_object_get(object, names[i]), NULL);

		if (id != NULL && json_is_object(row)) {
			json_t *numbered = value_numbered(row, id, strtoull(names[i], NULL, 10));

			json_decref(row);
			row = numbered;
		}
		json_array_append_new(list, row);
	}
	free(names);
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
