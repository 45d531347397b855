// SPDX-License-Identifier: BSD-3-Clause
// Reading the configuration file again while Weir runs.

#pragma once

#include "../weir.h"

// Reads weir->config_path and puts in force what can change (the RELOAD rows of config_options.def). A file
// with any mistake, or with other ports, changes nothing; the log has a line for each mistake, and the health
// check reload_failing lasts until a reload succeeds. Control thread.
void reload(struct weir *weir);
