// SPDX-License-Identifier: BSD-3-Clause
// DPDK's environment, started with arguments made from the configuration.

#pragma once

#include "../../common/dpdk/eal_arguments.h"
#include "../weir.h"

// The arguments for rte_eal_init: Weir's own first, then driver.eal, then those of the command line,
// so that a later one wins where EAL lets it.
void eal_arguments_make(struct eal_arguments *arguments, const struct weir *weir);

// Memory (MiB) that the configuration needs where there are no huge pages.
uint32_t eal_memory_mb(const struct weir *weir);

bool eal_up(struct weir *weir, struct error *error);
void eal_down(struct weir *weir);
