// SPDX-License-Identifier: BSD-3-Clause
// Runs a command: once, or repeatedly with --watch.

#pragma once

#include "command_line.h"

// Prints to standard output, and errors to standard error. True on success. With --watch it runs until
// SIGINT or SIGTERM, which end the process with status 0; Weir may restart in the meantime.
bool watch_run(const struct command_line *line);
