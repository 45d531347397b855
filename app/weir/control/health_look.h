// SPDX-License-Identifier: BSD-3-Clause
// Updates all health checks once a second.

#pragma once

#include "../weir.h"

#include <stdint.h>

// Updates weir->health if a second has passed since the last update, and logs problems that began or ended.
// Control thread.
void health_look(struct weir *weir, uint64_t tsc, uint32_t now_s);
