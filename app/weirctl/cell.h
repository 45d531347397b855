// SPDX-License-Identifier: BSD-3-Clause
// Table cells that show the fields of replies, formatted by their kind and unit in lib/stats/field.def.

#pragma once

#include "../../lib/stats/field.h"
#include "table.h"

#include <jansson.h>

// Adds the column of a field, and one for the rate of a counter.
void cell_columns(struct table *table, const struct field_info *info);

// Adds the cell of a field, and one for the rate of a counter. A value of another type than the field has,
// from a newer or faulty Weir, is shown as JSON. `before`: the same object `seconds` ago; NULL: none.
void cell_add(
	struct table *table,
	const struct field_info *info,
	const json_t *object,
	const json_t *before,
	double seconds
);

// Adds the cell of a rate alone, empty where it is unknown.
void cell_add_rate(
	struct table *table,
	const char *name,
	const json_t *object,
	const json_t *before,
	double seconds
);

// The unit of a field; "" where its cell has the unit.
const char *cell_unit(const struct field_info *info);
