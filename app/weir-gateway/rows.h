// SPDX-License-Identifier: BSD-3-Clause
// Lists of rows, which Weir must number: {"0": …, "1": …}.

#pragma once

#include <jansson.h>

// Makes an array of the rows, in their order. With `key`, each row gets its number first, under
// that name. NULL stays NULL.
json_t *rows_array(const json_t *numbered, const char *key);
