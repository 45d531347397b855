// SPDX-License-Identifier: BSD-3-Clause
// Errands: functions that another thread has the control thread run, because only that one may publish
// objects and change what it owns.

#pragma once

#include "../weir.h"

#include <stdbool.h>

typedef void errand(struct weir *weir, void *argument);

// Runs `function` on the control thread and returns when it has run. False: the control thread has
// ended and does not run it. Any thread but the control thread and the lcores; errands of several
// threads run one after the other.
bool errands_run(struct weir *weir, errand *function, void *argument);

// --- control thread ---------------------------------------------------------------------------

// The signal that wakes the control thread for an errand; blocked in all threads.
int errands_signal(void);

// Runs what waits. An errand must not block for longer than a tick.
void errands_serve(struct weir *weir);

// From now on errands run; until errands_end, after which nothing waits any more.
void errands_begin(void);
void errands_end(void);
