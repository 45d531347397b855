// SPDX-License-Identifier: BSD-3-Clause
// Boot step: decides how each lcore waits when it has no work (idle_choice.h), and opens what wakes it.

#pragma once

#include "../weir.h"

// Ports have been started. Logs what lcores.idle asks for and cannot be had.
bool idles_up(struct weir *weir, struct error *error);

// Lcores have stopped.
void idles_down(struct weir *weir);
