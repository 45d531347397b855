// SPDX-License-Identifier: BSD-3-Clause
// The one pool of mbufs. Boot thread.

#pragma once

#include "../weir.h"

// Size of the pool in bytes; before EAL is up an estimate from the configuration.
size_t pools_memory_bytes(const struct weir *weir);

bool pools_up(struct weir *weir, struct error *error);

// After all ports are closed. Logs a warning if mbufs leaked, and otherwise that all returned: at log
// level debug, or at info under --run-for, which is for tests and measurements.
void pools_down(struct weir *weir);
