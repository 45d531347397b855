// SPDX-License-Identifier: BSD-3-Clause
// The boot steps that make io and worker roles and the rings between them.

#pragma once

#include "../weir.h"

// Bytes of the roles beside their tables, and of all rings; from the configuration and the plan of
// lcores.
size_t roles_memory_bytes(const struct weir *weir);
size_t links_memory_bytes(const struct weir *weir);

bool workers_up(struct weir *weir, struct boot_error *error);
void workers_down(struct weir *weir);

// Deals the queues of all ports out: queue q of a port to io lcore q, around again if need be.
bool ios_up(struct weir *weir, struct boot_error *error);
void ios_down(struct weir *weir);

bool links_up(struct weir *weir, struct boot_error *error);
// Also frees what still lies in the rings.
void links_down(struct weir *weir);
