// SPDX-License-Identifier: BSD-3-Clause
// The boot step that makes the rings between io and worker lcores.

#pragma once

#include "../weir.h"

// Mbufs of the control thread on their way to an io lcore: what all ports may say in one tick.
enum { LINKS_OUTBOX_SIZE = 256 };

// Bytes of all rings, outboxes included; from the configuration and the plan of lcores.
size_t links_memory_bytes(const struct weir *weir);

bool links_up(struct weir *weir, struct error *error);
// Also frees the mbufs that still lie in the rings.
void links_down(struct weir *weir);
