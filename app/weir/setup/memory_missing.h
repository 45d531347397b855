// SPDX-License-Identifier: BSD-3-Clause
// What a boot step says that did not get its memory.

#pragma once

#include "../weir.h"

// The sentence for a step that did not get the memory for `what`: need, have and remedy. Returns
// false. Once EAL is up.
bool memory_missing(struct error *error, const char *what, size_t need, const char *remedy);

// MiB, rounded up.
static inline uint32_t
memory_mib(uint64_t bytes)
{
	return (uint32_t)((bytes + (1 << 20) - 1) >> 20);
}
