// SPDX-License-Identifier: BSD-3-Clause
// Boot step: creates the pool of mbufs, which all ports share. Boot thread.

#pragma once

#include "../weir.h"

// Memory of the pool, computed from the configuration and the plan of lcores.
size_t pools_memory_bytes(const struct weir *weir);

bool pools_up(struct weir *weir, struct error *error);

// After all ports are closed. Logs a warning if mbufs leaked, and otherwise that all returned: at log
// level debug, or at info under --run-for, which is for tests and measurements.
void pools_down(struct weir *weir);
