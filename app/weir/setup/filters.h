// SPDX-License-Identifier: BSD-3-Clause
// Weir's filters of system calls (system_calls.def): one for all threads, and a stricter one for lcores.

#pragma once

#include "../weir.h"

// All threads, those of DPDK and those that come later included. Once everything is open, before lcores start.
bool filters_install_all(const struct weir *weir, struct error *error);

// The calling lcore, before its first turn.
bool filters_install_lcore(const struct weir *weir, struct error *error);

// Why no filter is possible in this build; NULL: there is one.
const char *filters_obstacle(void);
