// SPDX-License-Identifier: BSD-3-Clause
// When Weir may say that it answers.

#pragma once

#include "../weir.h"

enum { READY_PATIENCE_S = 5 }; // for a link, and whoever keeps an address in doubt

// Says "ready" in the log, once: as soon as it is decided of each address whether it may be used, or
// when READY_PATIENCE_S have passed. Names the addresses that may not be used, and why. From then on
// log.rate holds. Control thread, each tick.
void ready_look(struct weir *weir, uint32_t now_s);
