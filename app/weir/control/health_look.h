// SPDX-License-Identifier: BSD-3-Clause
// The look at everything that can go wrong, once a second.

#pragma once

#include "../weir.h"

#include <stdint.h>

// Updates weir->health if a second has passed since the last look, and says in the log what has
// begun and ended. Control thread.
void health_look(struct weir *weir, uint64_t tsc, uint32_t now_s);
