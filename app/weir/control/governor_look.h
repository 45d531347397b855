// SPDX-License-Identifier: BSD-3-Clause
// Looks at the load once a second, and publishes the announce interval that follows from it.

#pragma once

#include "../weir.h"

#include <stdint.h>

// After health_look, which measures how busy lcores are. Control thread.
void governor_look(struct weir *weir, uint32_t now_s);
