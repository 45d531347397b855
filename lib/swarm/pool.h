// SPDX-License-Identifier: BSD-3-Clause
// A pool: one block of memory divided into items of equal size, allocated and freed in O(1).
//
// Items of equal size cannot fragment the memory: a freed item serves the next allocation. Memory is not
// touched before an item is first allocated. One owner.

#pragma once

#include <stddef.h>
#include <stdint.h>

#define POOL_NONE UINT32_MAX // no item

struct pool {
	uint8_t *items;
	uint32_t item_bytes; // at least 4
	uint32_t count;
	uint32_t used; // items allocated now
	uint32_t fresh; // items from this one on were never allocated
	uint32_t head; // of the free list, or POOL_NONE; a free item's first word is the next one
};

static inline size_t
pool_memory_bytes(uint32_t count, uint32_t item_bytes)
{
	return (size_t)count * item_bytes;
}

// Uses `memory` of pool_memory_bytes(), which may be uninitialised.
static inline void
pool_init(struct pool *pool, void *memory, uint32_t count, uint32_t item_bytes)
{
	*pool = (struct pool){
		.items = memory, .item_bytes = item_bytes, .count = count, .head = POOL_NONE};
}

static inline void *
pool_at(const struct pool *pool, uint32_t item)
{
	return pool->items + (size_t)item * pool->item_bytes;
}

static inline uint32_t
pool_free(const struct pool *pool)
{
	return pool->count - pool->used;
}

// Allocates an item with undefined contents, or returns POOL_NONE.
static inline uint32_t
pool_get(struct pool *pool)
{
	uint32_t item = pool->head;

	if (item != POOL_NONE)
		pool->head = *(uint32_t *)pool_at(pool, item);
	else if (pool->fresh < pool->count)
		item = pool->fresh++;
	else
		return POOL_NONE;
	pool->used++;
	return item;
}

static inline void
pool_put(struct pool *pool, uint32_t item)
{
	*(uint32_t *)pool_at(pool, item) = pool->head;
	pool->head = item;
	pool->used--;
}
