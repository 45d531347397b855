// SPDX-License-Identifier: BSD-3-Clause
// One simulation: the loop that decides, step by step, what happens next.

#pragma once

#include "options.h"

// Runs to the end, and writes a line about it. Once per process; a defect ends the process (fail.h).
void sim_run(const struct options *options);

// Weir serves what it has, and nothing arrives.
void sim_come_to_rest(void);
