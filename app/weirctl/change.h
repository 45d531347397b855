// SPDX-License-Identifier: BSD-3-Clause
// Runs a command that goes to the control socket, and prints what came of it.

#pragma once

#include "command_line.h"

// False: it failed; messages have been written to standard error. Thousands of entries are sent
// in several requests; each request takes effect as a whole or not at all.
bool change_run(const struct command_line *line);
