// SPDX-License-Identifier: BSD-3-Clause
// Boot step: creates the io roles, one struct io for each io lcore.

#pragma once

#include "../weir.h"

// Memory of the roles, computed from the configuration and the plan of lcores.
size_t ios_memory_bytes(const struct weir *weir);

// Gives queue q of each port to io lcore q modulo the number of io lcores.
bool ios_up(struct weir *weir, struct error *error);
void ios_down(struct weir *weir);
