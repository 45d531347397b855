// SPDX-License-Identifier: BSD-3-Clause
// Values as they stand in a request or on a command line. Pure; any thread.

#pragma once

#include <stdbool.h>
#include <stdint.h>

// Decimal digits and nothing else, from `min` to `max`.
bool value_read_number(const char *text, uint64_t min, uint64_t max, uint64_t *number);

// The value of a hexadecimal digit; -1 of any other character.
int value_of_digit(char digit);
