// SPDX-License-Identifier: BSD-3-Clause
// Reading the configuration file again while Weir runs.

#pragma once

#include "../weir.h"

// Reads weir->config_path, and the key file of connection ids, and puts in force what can change (the RELOAD
// rows of config_options.def). A file
// with any mistake, or with other ports, changes nothing; the log has a line for each mistake, and the health
// check reload_failing lasts until a reload succeeds. The lines of the log go to `lines` as well, if it is
// not NULL. False: it failed. Control thread.
bool reload(struct weir *weir, FILE *lines);
