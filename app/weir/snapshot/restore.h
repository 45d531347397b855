// SPDX-License-Identifier: BSD-3-Clause
// Loads the snapshot of the last run at start, and writes one at the end.

#pragma once

#include "../weir.h"

#include <stdbool.h>

// Boot step, after the workers were made and before they run. Loads snapshot.file, or FILE.1 where that is
// missing or damaged. Where both are damaged, snapshot.on_failure decides. With driver.steering it loads nothing.
bool restore_up(struct weir *weir, struct error *error);

// Boot step: loads what restore_up has left, because only started ports tell who owns a torrent.
bool restore_late(struct weir *weir, struct error *error);

// Writes the last snapshot, once no lcore runs, if Weir has served since restore_up.
void restore_down(struct weir *weir);
