// SPDX-License-Identifier: BSD-3-Clause
// The one pool of packet buffers, and whether all came back.

#pragma once

#include "../weir.h"

// Bytes the pool takes; before EAL is up an estimate from the configuration.
size_t pools_memory_bytes(const struct weir *weir);

bool pools_up(struct weir *weir, struct error *error);

// After all ports are closed. Says in the log when buffers are missing.
void pools_down(struct weir *weir);
