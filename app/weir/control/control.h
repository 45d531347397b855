// SPDX-License-Identifier: BSD-3-Clause
// The control thread between start and stop: signals, wall clock, links, neighbours, health, reload.

#pragma once

#include "../weir.h"

// Blocks the signals that control_run waits for. To be called before any thread starts.
void control_block_signals(void);

// Boot step, after the start of ports: initializes the neighbours and memberships of each port.
bool control_up(struct weir *weir, struct error *error);

// Runs until SIGINT or SIGTERM, until run_for_s has passed, or until test.stop_after packets have a verdict.
// SIGHUP reloads (reload.h). False, with a line in the log, if a port is lost and only a restart can serve it
// again. Wakes up ten times a second and never touches a received packet.
bool control_run(struct weir *weir);

// Stores the wall clock, or test.time if it is set, in weir->wall_s.
void control_read_wall_clock(struct weir *weir);
