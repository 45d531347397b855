// SPDX-License-Identifier: BSD-3-Clause
// Boot step: creates the rings between io and worker lcores.

#pragma once

#include "../weir.h"

// Size of the ring of the control thread to an io lcore: enough for the frames of all ports in one tick.
enum { LINKS_OUTBOX_SIZE = 256 };

// Memory of rings and outboxes on a node, or LCORE_ANY_NODE; computed from the configuration and the plan of lcores.
size_t links_memory_bytes(const struct weir *weir, int node);

// A ring is on the node of its worker, which takes jobs from it; an outbox on that of its io lcore.
bool links_up(struct weir *weir, struct error *error);
// Also frees the mbufs that are still in the rings.
void links_down(struct weir *weir);
