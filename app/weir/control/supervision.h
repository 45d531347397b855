// SPDX-License-Identifier: BSD-3-Clause
// What the service manager hears while Weir serves: that it lives, and how it is.

#pragma once

#include "../weir.h"

enum { SUPERVISION_AGAIN_S = 10 }; // between two lines of figures

// Once a second: feeds the watchdog if every lcore has finished a turn since the last health check, so that
// Weir is restarted if one hangs. The status gets figures every SUPERVISION_AGAIN_S seconds, and at once when the
// number of health problems changes. Control thread, each tick.
void supervision_look(struct weir *weir, uint32_t now_s);
