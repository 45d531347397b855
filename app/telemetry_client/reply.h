// SPDX-License-Identifier: BSD-3-Clause
// Fields of a telemetry reply, by name. Pure.

#pragma once

#include <jansson.h>
#include <stdint.h>

// The number of a field; 0 where there is none, or it is negative.
uint64_t reply_number(const json_t *object, const char *name);

// The text of a field; "" where there is none. It lives as long as `object`.
const char *reply_text(const json_t *object, const char *name);
