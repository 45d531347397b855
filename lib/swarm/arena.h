// SPDX-License-Identifier: BSD-3-Clause
// An arena: one piece of memory, lent out in blocks of 64 << order bytes (a buddy allocator).
//
// Blocks split on demand and merge again when both halves are free, so that memory freed by small
// swarms serves large ones later. Nothing is asked of the system after arena_init. One owner.

#pragma once

#include <stddef.h>
#include <stdint.h>

enum {
	ARENA_UNIT_BYTES = 64, // a cache line: no two blocks share one
	ARENA_ORDERS = 26, // up to 2 GiB a block
};

#define ARENA_NONE UINT32_MAX // no block

struct arena {
	uint8_t *units; // the memory, 64-byte aligned
	uint8_t *states; // one a unit: see arena.c
	uint32_t count; // units
	uint32_t free_units;
	uint32_t free_lists[ARENA_ORDERS]; // first free block of each order, or ARENA_NONE
};

// Bytes arena_init needs for `units` units.
size_t arena_memory_bytes(uint32_t units);

// Takes over `memory`: arena_memory_bytes(units) bytes, zeroed, 64-byte aligned.
void arena_init(struct arena *arena, void *memory, uint32_t units);

// A block of 64 << order bytes, contents undefined; ARENA_NONE when there is none.
uint32_t arena_get(struct arena *arena, unsigned order);

// Gives back a block of that order.
void arena_put(struct arena *arena, uint32_t block, unsigned order);

static inline void *
arena_bytes(const struct arena *arena, uint32_t block)
{
	return arena->units + (size_t)block * ARENA_UNIT_BYTES;
}
