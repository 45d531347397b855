// SPDX-License-Identifier: BSD-3-Clause
// A block of memory for a table: zeros, aligned to 64. The caller frees it.

#pragma once

#include "cmocka_wrap.h"

#include <stdlib.h>
#include <string.h>

static inline void *
block_new(size_t bytes)
{
	size_t whole = (bytes + 63) / 64 * 64;
	void *memory = aligned_alloc(64, whole);

	assert_non_null(memory);
	memset(memory, 0, whole);
	return memory;
}
