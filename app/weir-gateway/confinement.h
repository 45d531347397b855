// SPDX-License-Identifier: BSD-3-Clause
// What takes from the serving process all that HTTP clients do not need.

#pragma once

#include "../common/error.h"

#include <stdbool.h>

// Forbids processes, threads, files and all other calls that are not in system_calls.def, for all threads. Once
// everything is open.
bool confinement_begin(struct error *error);
