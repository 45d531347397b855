// SPDX-License-Identifier: BSD-3-Clause
// The error of a boot step that did not get its memory.

#pragma once

#include "../weir.h"

// Sets an error about the memory for `what`: how much is needed and available, and the remedy. Returns
// false. Once EAL is up.
bool memory_missing(struct error *error, const char *what, size_t need, const char *remedy);

// MiB, rounded up.
static inline uint32_t
memory_mib(uint64_t bytes)
{
	return (uint32_t)((bytes + (1 << 20) - 1) >> 20);
}
