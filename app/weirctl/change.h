// SPDX-License-Identifier: BSD-3-Clause
// Runs a command that goes to the control socket, and prints what came of it.

#pragma once

#include "command_line.h"

// False: it failed; messages have been written to standard error. Entries by the thousand are sent in
// several requests, each of which is carried out whole or not at all.
bool change_run(const struct command_line *line);
