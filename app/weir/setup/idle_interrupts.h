// SPDX-License-Identifier: BSD-3-Clause
// What wakes lcores that wait for interrupts: interrupts of their queues, and their bells (datapath/rest.h).

#pragma once

#include "../weir.h"

// Opens them for all lcores, in weir->idles and weir->bells. False, with nothing open, and a sentence in error->text: a port
// has no interrupts, or the process has too many files open.
bool idle_interrupts_open(struct weir *weir, struct error *error);

void idle_interrupts_close(struct weir *weir);
