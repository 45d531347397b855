// SPDX-License-Identifier: BSD-3-Clause
// Parameters of telemetry commands: what follows the first comma, or NULL.

#pragma once

#include <stdbool.h>
#include <stdint.h>

// Reads up to `count` decimal numbers, divided by commas, into `numbers`; an element without a parameter
// keeps its value. False: a parameter is not a number, or there are too many.
bool parameters_numbers(const char *parameters, uint64_t *numbers, unsigned count);
