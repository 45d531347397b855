// SPDX-License-Identifier: BSD-3-Clause
// Commands that change a running Weir, over the control socket (docs/control.md).
//
// One thread serves the clients, a second one runs commands that may take long. What only the control
// thread may do, they have it do (setup/errands.h).

#pragma once

#include "../weir.h"

#include <stdbool.h>

// Boot step, the last: makes the socket and starts the threads.
bool command_up(struct weir *weir, struct error *error);

// Lets the command that runs end, then closes all.
void command_down(struct weir *weir);
