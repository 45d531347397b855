// SPDX-License-Identifier: BSD-3-Clause
// Updates all health checks once a second, and those of turns at every call.

#pragma once

#include "../weir.h"

#include <stdint.h>

// Looks for stuck lcores; updates the rest of weir->health if a second has passed since the last update; logs problems
// that began or ended. Called ten times a second. Control thread.
void health_look(struct weir *weir, uint64_t tsc, uint32_t now_s);
