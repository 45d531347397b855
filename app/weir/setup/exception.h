// SPDX-License-Identifier: BSD-3-Clause
// Boot step: the exception path of ports with ports[].exception: their interfaces of the kernel, and the rings between
// them and the io lcores (datapath/exception.h).
//
// Control thread, which is the boot thread.

#pragma once

#include "../weir.h"

#include <stdbool.h>
#include <stddef.h>

// Whether any port has one.
bool exception_is_wanted(const struct config *config);

// Memory of the rings on a node, or LCORE_ANY_NODE; computed from the configuration and the plan of lcores.
size_t exception_memory_bytes(const struct weir *weir, int node);

bool exception_up(struct weir *weir, struct error *error);
void exception_down(struct weir *weir);

// Looks at the interfaces, and logs when one is gone, which only a restart can mend. Once a second.
void exception_look(struct weir *weir);

// Whether the kernel gets nothing of the port, because its interface is down or gone. False without one.
bool exception_is_down(const struct port *port);
