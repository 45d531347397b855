// SPDX-License-Identifier: BSD-3-Clause
// Allocation that exits the process when out of memory.

#pragma once

#include <stdio.h>
#include <stdlib.h>

static inline void *
memory_checked(void *memory)
{
	if (memory == NULL) {
		fputs("bench: out of memory\n", stderr);
		exit(EXIT_FAILURE);
	}
	return memory;
}

// Zeroed memory.
static inline void *
memory_get(size_t count, size_t size)
{
	return memory_checked(calloc(count, size));
}

// Uninitialised memory.
static inline void *
memory_get_raw(size_t size)
{
	return memory_checked(malloc(size));
}
