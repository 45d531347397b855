// SPDX-License-Identifier: BSD-3-Clause
// Snapshots while Weir serves: a thread on the control thread's CPU writes snapshot.file every
// snapshot.interval, and on demand. Results are in weir->snapshot.

#pragma once

#include "../weir.h"
#include "snapshot_report.h"

#include <stdbool.h>

// Boot step, after the lcores. Starts the thread where snapshot.file is set.
bool snapshots_up(struct weir *weir, struct error *error);

// Ends the thread, and abandons a snapshot in progress.
void snapshots_down(struct weir *weir);

// Takes a snapshot and waits until it is on disk. Any thread but the lcores and the control thread; who asks
// while one is being taken waits for the next.
bool snapshots_take(struct weir *weir, struct snapshot_report *report, struct error *error);

// Notes how a snapshot ended: in weir->snapshot, the health check snapshot_failing, and the log.
void snapshots_note(
	struct weir *weir,
	bool done,
	const struct snapshot_report *report,
	const struct error *error
);
