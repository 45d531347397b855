// SPDX-License-Identifier: BSD-3-Clause
// A command carried out: once, or again and again.

#pragma once

#include "command_line.h"

// Prints to standard output, complains to standard error. True where all went well. Watching goes
// on until SIGINT or SIGTERM, which end the process with status 0; Weir may end and be started
// again meanwhile.
bool watch_run(const struct command_line *line);
