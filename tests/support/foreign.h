// SPDX-License-Identifier: BSD-3-Clause
// JSON of others: recorded replies of a Weir, and every way to spoil one value of them.

#pragma once

#include <jansson.h>
#include <stdbool.h>

// Replies by the question that was asked: {"/weir/info": {...}, "/weir/top,3": {...}, ...}. The caller
// frees it. NULL where replies.json cannot be read.
json_t *foreign_replies(void);

// Replaces or removes one value after the other by what it never should be: null, true, 1.5, [], {}, -1,
// "x" and others. `spoiled` is freed behind the call.
typedef void foreign_use(const json_t *spoiled, void *context);

// Calls `use` for every `step`th combination of a value within `reply` (itself included) and what it is
// replaced by; 1: for all. Returns how many calls there were.
unsigned foreign_each(const json_t *reply, unsigned step, foreign_use *use, void *context);
