// SPDX-License-Identifier: BSD-3-Clause
// Writes one snapshot of all workers.

#pragma once

#include "../weir.h"
#include "snapshot_report.h"

#include <stdbool.h>
#include <stdint.h>

// Asks the workers, which go on serving, and sleeps between the pieces so that it takes them at most a twelfth of
// their time. Snapshot thread. False: why is in `error`, or Weir is ending.
bool save_while_serving(
	struct weir *weir,
	const char *path,
	struct snapshot_report *report,
	struct error *error
);

// Reads the shards at full speed. Control thread, when no lcore runs.
bool save_at_end(
	struct weir *weir,
	const char *path,
	struct snapshot_report *report,
	struct error *error
);

// Seconds of the clock of all lcores (lib/base/clock.h).
uint32_t save_clock_s(const struct weir *weir);
