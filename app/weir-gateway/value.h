// SPDX-License-Identifier: BSD-3-Clause
// Parses values of requests and of the command line. Pure; any thread.

#pragma once

#include <stdbool.h>
#include <stdint.h>

// Parses a decimal number from `min` to `max`. False for anything else.
bool value_read_number(const char *text, uint64_t min, uint64_t max, uint64_t *number);

// The value of a hexadecimal digit; -1 for any other character.
int value_of_digit(char digit);
