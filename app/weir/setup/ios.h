// SPDX-License-Identifier: BSD-3-Clause
// Boot step: creates the io roles, one struct io for each io lcore.

#pragma once

#include "../weir.h"

// Memory of the roles on a node, or LCORE_ANY_NODE; computed from the configuration and the plan of lcores.
size_t ios_memory_bytes(const struct weir *weir, int node);

// Each role has memory of its node, and the queues that the plan gives it.
bool ios_up(struct weir *weir, struct error *error);
void ios_down(struct weir *weir);
