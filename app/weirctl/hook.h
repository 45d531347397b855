// SPDX-License-Identifier: BSD-3-Clause
// `weirctl hook`: calls a program when Weir stops serving, and when it serves again.

#pragma once

#include "command_line.h"

// Follows a Weir until SIGTERM or SIGINT, and returns the exit status: 0, or 1 where it could not begin or the
// last call at the end failed. With --once: prints whether Weir serves, and returns 0 if it does, else 1.
int hook_run(const struct command_line *line);
