// SPDX-License-Identifier: BSD-3-Clause
// Fields of a telemetry reply. Pure.

#pragma once

#include "../../lib/stats/field.h"

#include <jansson.h>
#include <stdint.h>

// The number of a field; 0 where there is none, or it is negative.
uint64_t reply_number(const json_t *object, const char *name);

// The same of a field of the table.
uint64_t reply_field(const json_t *object, enum field field);

// The text of a field; "" where there is none. It lives as long as `object`.
const char *reply_text(const json_t *object, const char *name);
const char *reply_field_text(const json_t *object, enum field field);

// The list, or the object, in a field; NULL where there is none.
json_t *reply_field_value(const json_t *object, enum field field);
