// SPDX-License-Identifier: BSD-3-Clause
// The full scrape, written to export.file again and again by a thread of its own on the control
// thread's CPU. It asks workers as telemetry does, with pauses, so that nobody is held up.

#pragma once

#include "../weir.h"

#include <stdbool.h>

// The first export comes after export.interval, or a minute where that is longer: late enough for
// clients to come back, early enough to see that it works. How exports went is in weir->export.
bool export_up(struct weir *weir, struct error *error);
// Abandons an export on its way.
void export_down(struct weir *weir);
