// SPDX-License-Identifier: BSD-3-Clause
// Memory of tables that lcores read: blocks of zeros with pages of their own, outside of DPDK's heap.
//
// Pages that nobody writes to take no memory, so a block may be larger than what it holds now. Blocks
// are reference-counted: dropping the last reference frees the block. Any thread.

#pragma once

#include <stddef.h>

// A block with one reference, aligned to 64 bytes. NULL: no memory.
void *list_memory_make(size_t bytes);

// A new block with the same content. NULL: no memory.
void *list_memory_copy(const void *block);

// Adds a reference. Returns the block.
void *list_memory_share(void *block);

// Drops a reference. NULL: nothing happens.
void list_memory_drop(void *block);
