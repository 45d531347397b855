// SPDX-License-Identifier: BSD-3-Clause
// DPDK's environment: the arguments of the command line, and defaults for those not given.

#pragma once

#include "../common/dpdk/eal_arguments.h"

#include <stddef.h>

// The list for rte_eal_init.
void eal_arguments_make(struct eal_arguments *arguments, int count, char *const *given);

// Starts EAL, in a runtime folder of its own that vanishes with the process. False: `why` says why.
bool eal_up(int count, char *const *given, char *why, size_t size);
void eal_down(void);
