// SPDX-License-Identifier: BSD-3-Clause
// The control thread's work between boot and end: signals, time, links, neighbours.

#pragma once

#include "../weir.h"

// Blocks the signals that control_run waits for; before any thread is started.
void control_block_signals(void);

// Boot step, once ports are started: what the control thread knows of each port's link.
bool control_up(struct weir *weir, struct error *error);

// Runs until SIGINT or SIGTERM, until run_for_s has passed, or until test.stop_after packets have
// their verdict; SIGHUP reloads (reload.h). False, and a line in the log, where a port is lost and only a
// new start can serve it again. Wakes ten times a second; never touches a packet.
bool control_run(struct weir *weir);

// Reads the wall clock into weir->wall_s, or test.time.
void control_read_wall_clock(struct weir *weir);
