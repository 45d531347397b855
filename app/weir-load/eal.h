// SPDX-License-Identifier: BSD-3-Clause
// DPDK's environment: what the user says of it, and defaults for what he does not.

#pragma once

#include <stdbool.h>

enum { EAL_ITEMS_MAX = 64 };

struct eal_arguments {
	int count;
	char *items[EAL_ITEMS_MAX + 1]; // EAL keeps pointers to them
};

// The list for rte_eal_init. Ends the process where there are too many.
void eal_arguments_make(struct eal_arguments *arguments, int count, char *const *given);
void eal_arguments_free(struct eal_arguments *arguments);

// Starts EAL, in a runtime folder of its own that vanishes with the process. False: EAL has said
// why.
bool eal_up(int count, char *const *given);
void eal_down(void);
