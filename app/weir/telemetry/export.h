// SPDX-License-Identifier: BSD-3-Clause
// The scrape export: a thread on the control thread's CPU writes a full scrape to export.file at intervals.
// It asks workers as telemetry does, with pauses that leave them time for packets.

#pragma once

#include "../weir.h"

#include <stdbool.h>

// Starts the thread, where export.file is set. The first export comes after export.interval, at most a
// minute: late enough for clients to return, early enough to show that it works. Results are in
// weir->export.
bool export_up(struct weir *weir, struct error *error);

// Ends the thread, and abandons an export in progress.
void export_down(struct weir *weir);
