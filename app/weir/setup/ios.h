// SPDX-License-Identifier: BSD-3-Clause
// The boot step that makes io roles.

#pragma once

#include "../weir.h"

// Bytes of the roles; from the configuration and the plan of lcores.
size_t ios_memory_bytes(const struct weir *weir);

// Deals the queues of all ports out: queue q of a port to io lcore q, around again if need be.
bool ios_up(struct weir *weir, struct error *error);
void ios_down(struct weir *weir);
