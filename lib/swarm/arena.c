// SPDX-License-Identifier: BSD-3-Clause
// The first unit of a free block holds its list links; its state holds FREE and the order.
// States of all other units are 0 or stale, and never looked at: only block starts are.

#include "arena.h"

#include <rte_common.h>

#include <string.h>

enum { FREE = 0x80 };

struct links {
	uint32_t next, previous; // free blocks of the same order, or ARENA_NONE
};

size_t
arena_memory_bytes(uint32_t units)
{
	return (size_t)units * ARENA_UNIT_BYTES + RTE_ALIGN(units, ARENA_UNIT_BYTES);
}

static void
list_add(struct arena *arena, uint32_t block, unsigned order)
{
	struct links *links = arena_bytes(arena, block);
	uint32_t head = arena->free_lists[order];

	*links = (struct links){head, ARENA_NONE};
	if (head != ARENA_NONE)
		((struct links *)arena_bytes(arena, head))->previous = block;
	arena->free_lists[order] = block;
	arena->states[block] = FREE | order;
}

static void
list_remove(struct arena *arena, uint32_t block, unsigned order)
{
	const struct links *links = arena_bytes(arena, block);

	if (links->previous == ARENA_NONE)
		arena->free_lists[order] = links->next;
	else
		((struct links *)arena_bytes(arena, links->previous))->next = links->next;
	if (links->next != ARENA_NONE)
		((struct links *)arena_bytes(arena, links->next))->previous = links->previous;
	arena->states[block] = 0;
}

void
arena_init(struct arena *arena, void *memory, uint32_t units)
{
	*arena = (struct arena){
		.units = memory,
		.states = (uint8_t *)memory + (size_t)units * ARENA_UNIT_BYTES,
		.count = units,
		.free_units = units,
	};
	for (unsigned order = 0; order < ARENA_ORDERS; order++)
		arena->free_lists[order] = ARENA_NONE;
	// The largest aligned blocks that fit, from the front.
	for (uint32_t at = 0; at < units;) {
		unsigned order = ARENA_ORDERS - 1;

		while ((at & ((UINT32_C(1) << order) - 1)) != 0
		       || at + (UINT64_C(1) << order) > units)
			order--;
		list_add(arena, at, order);
		at += UINT32_C(1) << order;
	}
}

uint32_t
arena_get(struct arena *arena, unsigned order)
{
	unsigned from = order;

	while (from < ARENA_ORDERS && arena->free_lists[from] == ARENA_NONE)
		from++;
	if (from >= ARENA_ORDERS)
		return ARENA_NONE;
	uint32_t block = arena->free_lists[from];

	list_remove(arena, block, from);
	while (from > order) { // keep the lower half, free the upper
		from--;
		list_add(arena, block + (UINT32_C(1) << from), from);
	}
	arena->free_units -= UINT32_C(1) << order;
	return block;
}

void
arena_put(struct arena *arena, uint32_t block, unsigned order)
{
	arena->free_units += UINT32_C(1) << order;
	while (order + 1 < ARENA_ORDERS) {
		uint32_t buddy = block ^ UINT32_C(1) << order;

		if (buddy >= arena->count || arena->states[buddy] != (FREE | order))
			break;
		list_remove(arena, buddy, order);
		block = RTE_MIN(block, buddy);
		order++;
	}
	list_add(arena, block, order);
}
