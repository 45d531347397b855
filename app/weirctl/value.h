// SPDX-License-Identifier: BSD-3-Clause
// Values of Weir's replies: numbers by name, and lists.

#pragma once

#include <jansson.h>
#include <stdint.h>

// The number under a name; 0 where there is none.
uint64_t value_number(const json_t *object, const char *name);

// The text under a name; "" where there is none.
const char *value_text(const json_t *object, const char *name);

// DPDK's replies have no lists of objects: Weir numbers their names instead. Returns a new value
// where every object whose names are all numbers, an empty one too, is a list in the order of these
// numbers. `id`: where what stands in the outermost is objects, each gets its number under that
// name; NULL: none does.
json_t *value_with_lists(const json_t *value, const char *id);
