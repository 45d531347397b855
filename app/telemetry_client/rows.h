// SPDX-License-Identifier: BSD-3-Clause
// Lists of objects in Weir's replies. DPDK's telemetry library has none, so Weir replies with an object
// whose keys are numbers: {"0": …, "1": …}.

#pragma once

#include <jansson.h>

// A new array of the rows, in the order of their numbers. With `key`, each row that is an object gets
// its number as its first member, under that name. NULL where `numbered` is NULL, or without memory.
json_t *rows_list(const json_t *numbered, const char *key);

// A new object: `number` under the name `key`, then the members of `row`. NULL without memory.
json_t *rows_numbered(const json_t *row, const char *key, json_int_t number);

// A new value in which each object whose keys are all numbers, also an empty one, is an array. `id` is
// the `key` of rows_list for the outermost object; NULL: none.
json_t *rows_expand(const json_t *value, const char *id);
