// SPDX-License-Identifier: BSD-3-Clause
// Lists of rows in Weir's replies. DPDK has no lists of objects, so Weir numbers them: {"0": …, "1": …}.

#pragma once

#include <jansson.h>

// A new array of the rows, in the order of their numbers. With `key`, each row that is an object gets
// its number first, under that name. NULL where `numbered` is, or without memory.
json_t *rows_list(const json_t *numbered, const char *key);

// A new object: `number` under the name `key`, then what `row` has. NULL without memory.
json_t *rows_numbered(const json_t *row, const char *key, json_int_t number);
