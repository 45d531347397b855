// SPDX-License-Identifier: BSD-3-Clause
// Fields of replies, their formats, and the table cells that show them.

#pragma once

#include "table.h"

#include <jansson.h>

enum field_format {
	FIELD_TEXT,
	FIELD_PLAIN, // a number that identifies something: an lcore, a process
	FIELD_COUNT, // a gauge
	FIELD_COUNTER, // a counter: with --watch its rate is shown, too
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
	const char *title; // in a table with a column for each field
	const char *unit, *help; // in a table with a row for each field
};

// Finds a field by name; NULL: not found.
const struct field *field_find(const struct field *fields, size_t count, const char *name);

// The value of a field in an object; NULL: absent.
const json_t *field_value(const json_t *object, const char *name);

// Adds the column of a field, and one for the rate of a counter.
void field_columns(struct table *table, const struct field *field);

// Adds the cell of a field, and one for the rate of a counter. A value of another type than the field has,
// from a newer or faulty Weir, is shown as JSON. `before`: the same object `seconds` ago; NULL: none.
void field_cells(
	struct table *table,
	const struct field *field,
	const json_t *object,
	const json_t *before,
	double seconds
);

// Adds the cell of a rate alone, empty where it is unknown.
void field_rate_cell(
	struct table *table,
	const char *name,
	const json_t *object,
	const json_t *before,
	double seconds
);
