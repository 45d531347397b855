// SPDX-License-Identifier: BSD-3-Clause
// Memory of tables that lcores read: blocks of zeros with pages of their own, outside of DPDK's heap.
//
// Pages that nobody writes to take no memory, so a block may be larger than what it holds now. A block has
// owners: whoever keeps its address. The last one that drops it frees it. Any thread.

#pragma once

#include <stddef.h>

// A block with one owner, aligned to 64 bytes. NULL: no memory.
void *list_memory_make(size_t bytes);

// A new block with the same content. NULL: no memory.
void *list_memory_copy(const void *block);

// One owner more. Returns the block.
void *list_memory_share(void *block);

// One owner less. NULL: nothing happens.
void list_memory_drop(void *block);
