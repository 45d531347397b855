// SPDX-License-Identifier: BSD-3-Clause
// DPDK's environment, started with arguments made from the configuration.

#pragma once

#include "../weir.h"

enum { EAL_ARGUMENTS_MAX = 96 };

// The arguments as text, owned here.
struct eal_arguments {
	int count;
	char *items[EAL_ARGUMENTS_MAX + 1]; // NULL behind the last, as in main
};

// What rte_eal_init will be called with: ours first, then driver.eal, then those of the command
// line, so that a later one wins where EAL lets it.
void eal_arguments_make(struct eal_arguments *arguments, const struct weir *weir);
void eal_arguments_free(struct eal_arguments *arguments);

// Memory (MiB) that the configuration needs where there are no huge pages.
uint32_t eal_memory_mb(const struct weir *weir);

bool eal_up(struct weir *weir, struct boot_error *error);
void eal_down(struct weir *weir);
