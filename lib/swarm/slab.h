// SPDX-License-Identifier: BSD-3-Clause
// A slab: one block of memory divided into chunks of 512 bytes. A chunk is used whole, or cut into lines of
// 64 bytes. A chunk whose lines are all free can be used whole again.
//
// Chunks are numbered, and lines are: chunk n has the lines from 8 n on. Memory is not touched before it is
// first allocated. One owner.

#pragma once

#include "../base/line.h"
#include "pool.h"

#include <stdbool.h>

enum {
	SLAB_CHUNK_LINES = 8,
	SLAB_CHUNK_BYTES = SLAB_CHUNK_LINES * LINE_BYTES,
	SLAB_ALL_FREE = (1 << SLAB_CHUNK_LINES) - 1,
};

// A chunk that is cut.
struct slab_cut {
	uint32_t next, previous; // in the list of those with free lines; POOL_NONE: none
	uint32_t free; // bit k: line k is free
};

struct slab {
	struct pool chunks;
	struct slab_cut *cuts; // by chunk
	uint32_t head; // of the list of cut chunks with free lines, or POOL_NONE
	uint32_t lines_free; // in cut chunks
};

static inline size_t
slab_memory_bytes(uint32_t chunks)
{
	return (size_t)chunks * (SLAB_CHUNK_BYTES + sizeof(struct slab_cut));
}

// Uses `memory` of slab_memory_bytes(), aligned to lines, which may be uninitialised.
static inline void
slab_init(struct slab *slab, void *memory, uint32_t chunks)
{
	pool_init(&slab->chunks, memory, chunks, SLAB_CHUNK_BYTES);
	slab->cuts = (void *)((uint8_t *)memory + (size_t)chunks * SLAB_CHUNK_BYTES);
	slab->head = POOL_NONE;
	slab->lines_free = 0;
}

static inline void *
slab_chunk(const struct slab *slab, uint32_t chunk)
{
	return slab->chunks.items + (size_t)chunk * SLAB_CHUNK_BYTES;
}

static inline void *
slab_line(const struct slab *slab, uint32_t line)
{
	return slab->chunks.items + (size_t)line * LINE_BYTES;
}

// Lines in use; a whole chunk is eight.
static inline uint32_t
slab_lines_used(const struct slab *slab)
{
	return slab->chunks.used * SLAB_CHUNK_LINES - slab->lines_free;
}

static inline uint32_t
slab_chunks_free(const struct slab *slab)
{
	return pool_free(&slab->chunks);
}

static inline uint32_t
slab_lines_free(const struct slab *slab)
{
	return slab->lines_free + pool_free(&slab->chunks) * SLAB_CHUNK_LINES;
}

static inline void
slab_list(struct slab *slab, uint32_t chunk)
{
	struct slab_cut *cut = &slab->cuts[chunk];

	cut->previous = POOL_NONE;
	cut->next = slab->head;
	if (slab->head != POOL_NONE)
		slab->cuts[slab->head].previous = chunk;
	slab->head = chunk;
}

static inline void
slab_unlist(struct slab *slab, uint32_t chunk)
{
	struct slab_cut *cut = &slab->cuts[chunk];

	if (cut->previous == POOL_NONE)
		slab->head = cut->next;
	else
		slab->cuts[cut->previous].next = cut->next;
	if (cut->next != POOL_NONE)
		slab->cuts[cut->next].previous = cut->previous;
}

// Allocates a line with undefined contents, or returns POOL_NONE.
static inline uint32_t
slab_get_line(struct slab *slab)
{
	if (slab->head == POOL_NONE) {
		uint32_t chunk = pool_get(&slab->chunks);

		if (chunk == POOL_NONE)
			return POOL_NONE;
		slab->cuts[chunk].free = SLAB_ALL_FREE;
		slab->lines_free += SLAB_CHUNK_LINES;
		slab_list(slab, chunk);
	}
	uint32_t chunk = slab->head;
	struct slab_cut *cut = &slab->cuts[chunk];
	uint32_t line = (uint32_t)__builtin_ctz(cut->free);

	cut->free &= cut->free - 1;
	slab->lines_free--;
	if (cut->free == 0)
		slab_unlist(slab, chunk);
	return chunk * SLAB_CHUNK_LINES + line;
}

static inline void
slab_put_line(struct slab *slab, uint32_t line)
{
	uint32_t chunk = line / SLAB_CHUNK_LINES;
	struct slab_cut *cut = &slab->cuts[chunk];

	if (cut->free == 0)
		slab_list(slab, chunk);
	cut->free |= 1u << line % SLAB_CHUNK_LINES;
	slab->lines_free++;
	if (cut->free != SLAB_ALL_FREE)
		return;
	slab_unlist(slab, chunk);
	slab->lines_free -= SLAB_CHUNK_LINES;
	pool_put(&slab->chunks, chunk);
}

// Allocates a whole chunk with undefined contents, or returns POOL_NONE.
static inline uint32_t
slab_get_chunk(struct slab *slab)
{
	return pool_get(&slab->chunks);
}

static inline void
slab_put_chunk(struct slab *slab, uint32_t chunk)
{
	pool_put(&slab->chunks, chunk);
}
