// SPDX-License-Identifier: BSD-3-Clause
// The list of arguments that DPDK's environment (EAL) is started with.

#pragma once

#include <stdbool.h>

enum { EAL_ARGUMENTS_MAX = 96 };

// Zeroed memory is an empty list.
struct eal_arguments {
	int count;
	bool too_many; // some did not fit; eal_start refuses
	char *items[EAL_ARGUMENTS_MAX + 1]; // owned here; NULL behind the last, as in main
};

__attribute__((format(printf, 2, 3))) void
eal_arguments_add(struct eal_arguments *arguments, const char *format, ...);

// Frees the texts and empties the list.
void eal_arguments_free(struct eal_arguments *arguments);

// Whether an argument is `option`, such as "-m" or "--no-huge", with or without its value.
bool eal_argument_is(const char *argument, const char *option);
