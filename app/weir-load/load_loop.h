// SPDX-License-Identifier: BSD-3-Clause
// The loop of the polling lcore.

#pragma once

#include "load.h"

// Runs the load until its phase is LOAD_DONE; `argument` is the struct load. Returns 0.
int load_run(void *argument);
