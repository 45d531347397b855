// SPDX-License-Identifier: BSD-3-Clause
// How the numbers and texts of a reply are shown: tables of fields, and cells made from them.

#pragma once

#include "table.h"

#include <jansson.h>

enum field_format {
	FIELD_TEXT,
	FIELD_PLAIN, // a number that is a name: an lcore, a process
	FIELD_COUNT, // a number that is what it is now
	FIELD_COUNTER, // a number that only grows: watched, it has a rate beside it
	FIELD_BYTES,
	FIELD_NANOSECONDS,
	FIELD_MILLISECONDS,
	FIELD_DURATION, // seconds
	FIELD_MOMENT, // Unix seconds
	FIELD_PERCENT,
	FIELD_FLAG, // 0 or 1
};

struct field {
	const char *name; // in the reply; "peer_id.id" is id within peer_id
	enum field_format format;
	const char *title; // where it is a column; a row has its name
	const char *unit, *help; // where it is a row
};

// The field with a name; NULL: there is none.
const struct field *field_find(const struct field *fields, size_t count, const char *name);

// A value among its sisters; NULL where there is none.
const json_t *field_value(const json_t *object, const char *name);

// A column with room for it, and one more for the rate of a counter.
void field_columns(struct table *table, const struct field *field);

// What a field shows of an object; of a counter the rate, too. A value of another type than the field's,
// as a newer or a broken Weir may have, is shown as JSON. `before`: the same object `seconds`
// ago; NULL: there is none to compare with.
void field_cells(
	struct table *table,
	const struct field *field,
	const json_t *object,
	const json_t *before,
	double seconds
);

// Only the rate, or an empty cell where there is none.
void field_rate_cell(
	struct table *table,
	const char *name,
	const json_t *object,
	const json_t *before,
	double seconds
);
