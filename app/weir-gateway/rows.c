// SPDX-License-Identifier: BSD-3-Clause

#include "rows.h"

#include <stdlib.h>

static json_t *
with_key(json_t *row, const char *key, const char *number)
{
	json_t *whole = json_pack("{s: I}", key, (json_int_t)strtoll(number, NULL, 10));

	if (whole != NULL)
		json_object_update(whole, row);
	return whole;
}

json_t *
rows_array(const json_t *numbered, const char *key)
{
	json_t *array = numbered == NULL ? NULL : json_array();
	const char *number;
	json_t *row;

	// Reading only: the library has no iteration over constants.
	json_object_foreach ((json_t *)numbered, number, row)
		json_array_append_new(
			array, key == NULL ? json_incref(row) : with_key(row, key, number)
		);
	return array;
}
