// SPDX-License-Identifier: BSD-3-Clause

#include "rows.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

struct row {
	long long number;
	json_t *value;
};

json_t *
rows_numbered(const json_t *row, const char *key, json_int_t number)
{
	json_t *whole = json_pack("{s: I}", key, number);

	if (whole != NULL)
		json_object_update(whole, (json_t *)row); // does not change it
	return whole;
}

static int
compare(const void *a, const void *b)
{
	const struct row *one = a, *other = b;

	return (one->number > other->number) - (one->number < other->number);
}

json_t *
rows_list(const json_t *numbered, const char *key)
{
	size_t count = 0;
	struct row *rows = calloc(json_object_size(numbered) + 1, sizeof(*rows));
	json_t *array = numbered == NULL || rows == NULL ? NULL : json_array();
	const char *name;
	json_t *value;

	// jansson iterates over mutable objects alone; this one is not changed.
	if (array != NULL)
		json_object_foreach ((json_t *)numbered, name, value)
			rows[count++] = (struct row){strtoll(name, NULL, 10), value};
	if (count > 0)
		qsort(rows, count, sizeof(*rows), compare);
	for (size_t i = 0; i < count; i++) {
		bool numbers = key != NULL && json_is_object(rows[i].value);

		json_array_append_new(
			array,
			numbers ? rows_numbered(rows[i].value, key, rows[i].number)
				: json_incref(rows[i].value)
		);
	}
	free(rows);
	return array;
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
expand_list(const json_t *object, const char *id)
{
	json_t *rows = rows_list(object, id), *list = json_array(), *row;
	size_t i;

	json_array_foreach (rows, i, row)
		json_array_append_new(list, rows_expand(row, NULL));
	json_decref(rows);
	return list;
}

json_t *
rows_expand(const json_t *value, const char *id)
{
	const char *name;
	json_t *element;

	if (!json_is_object(value))
		return json_deep_copy(value);
	if (is_list(value))
		return expand_list(value, id);
	json_t *object = json_object();

	json_object_foreach ((json_t *)value, name, element)
		json_object_set_new(object, name, rows_expand(element, NULL));
	return object;
}
