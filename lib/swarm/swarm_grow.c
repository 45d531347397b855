// SPDX-License-Identifier: BSD-3-Clause
// A swarm gets or gives back a line or a chunk, or all peers of a small one move between its home, lines and
// chunks. This is rare, so it is written for all shapes of blocks together.

#include "swarm_grow_inline.h"

// Copies peers [0, count) of one swarm to another one, which has room.
static void
copy_swarm(
	const struct swarm_ref *to,
	const struct swarm_ref *from,
	struct shape shape,
	uint32_t count
)
{
	for (uint32_t i = 0; i < count; i++) {
		struct place source = place_of(from, shape, i), target = place_of(to, shape, i);

		memcpy(target.address, source.address, shape.stride);
		*target.word = *source.word;
		if (shape.detail)
			*target.record = *source.record;
	}
}

// --- chunks, and the nodes above them -----------------------------------------------------------

// Maximum number of chunks below a list.
static uint64_t
chunks_below(unsigned levels)
{
	return (uint64_t)SWARM_LIST << NODE_BITS * (levels - 2);
}

// Adds chunk n. The slab has enough chunks.
static void
attach_chunk(const struct swarm_ref *ref, uint32_t n)
{
	struct slab *slab = &ref->store->slab;
	struct swarm_home *home = ref->home;

	if (n == chunks_below(home->swarm.levels)) { // the list is full: a node takes its place
		uint32_t node = slab_get_chunk(slab);

		memcpy(node_children(ref, node), home->list, sizeof(home->list));
		home->list[0] = node;
		home->swarm.levels++;
	}
	unsigned shift = list_shift(&home->swarm);
	uint32_t *child = &home->list[n >> shift];

	for (;;) {
		if ((n & ((UINT32_C(1) << shift) - 1)) == 0) // the first chunk under that child
			*child = slab_get_chunk(slab);
		if (shift == 0)
			return;
		shift -= NODE_BITS;
		child = &node_children(ref, *child)[n >> shift & (NODE_CHILDREN - 1)];
	}
}

// Removes chunk n, the last one, and the nodes that are empty then.
static void
detach_chunk(const struct swarm_ref *ref, uint32_t n)
{
	struct slab *slab = &ref->store->slab;
	struct swarm_home *home = ref->home;
	unsigned shift = list_shift(&home->swarm);
	uint32_t item = home->list[n >> shift];

	while (shift > 0) {
		uint32_t node = item;
		bool only = (n & ((UINT32_C(1) << shift) - 1)) == 0;

		shift -= NODE_BITS;
		item = node_children(ref, node)[n >> shift & (NODE_CHILDREN - 1)];
		if (only)
			slab_put_chunk(slab, node);
	}
	slab_put_chunk(slab, item);
	shift = list_shift(&home->swarm);
	if (shift > 0 && n == (uint32_t)LIST_RETURN << (shift - NODE_BITS)) {
		uint32_t node = home->list[0]; // the others are all below it

		memcpy(home->list, node_children(ref, node), LIST_RETURN * sizeof(home->list[0]));
		home->swarm.levels--;
		slab_put_chunk(slab, node);
	}
}

// --- between home, lines and chunks -------------------------------------------------------------

static void
list_lines(const struct swarm_ref *ref, uint32_t count)
{
	for (uint32_t n = 0; n < count; n++)
		ref->home->list[n] = slab_get_line(&ref->store->slab);
	ref->home->swarm.levels = SWARM_IN_LINES;
}

static void
free_lines(const struct swarm_ref *ref, uint32_t count)
{
	for (uint32_t n = 0; n < count; n++)
		slab_put_line(&ref->store->slab, ref->home->list[n]);
}

static uint32_t
lines_of(struct shape shape, uint32_t peers)
{
	return (peers + shape.per_line - 1) / shape.per_line;
}

// Moves all peers from their home, which is full, to lines, with room for one more.
static bool
move_to_lines(const struct swarm_ref *ref, struct shape shape)
{
	struct swarm_home before = *ref->home;
	struct swarm_ref from = *ref;
	uint32_t lines = lines_of(shape, shape.inside + 1);

	if (slab_lines_free(&ref->store->slab) < lines)
		return false;
	from.home = &before;
	list_lines(ref, lines);
	copy_swarm(ref, &from, shape, shape.inside);
	return true;
}

// Moves all peers from lines, which are full, to two chunks.
static bool
move_to_chunks(const struct swarm_ref *ref, struct shape shape)
{
	struct swarm_home before = *ref->home;
	struct swarm_ref from = *ref;

	if (slab_chunks_free(&ref->store->slab) < 2)
		return false;
	from.home = &before;
	ref->home->swarm.levels = SWARM_IN_CHUNKS;
	attach_chunk(ref, 0);
	attach_chunk(ref, 1);
	copy_swarm(ref, &from, shape, SWARM_LIST * shape.per_line);
	free_lines(&from, SWARM_LIST);
	return true;
}

// Moves the peers of a swarm that has become small enough back into lines, if there are lines.
static void
move_back_to_lines(const struct swarm_ref *ref, struct shape shape)
{
	struct swarm_home before = *ref->home;
	struct swarm_ref from = *ref;
	uint32_t count = swarm_peers(&before.swarm);
	uint32_t lines = lines_of(shape, count);

	if (slab_lines_free(&ref->store->slab) < lines)
		return;
	from.home = &before;
	list_lines(ref, lines);
	copy_swarm(ref, &from, shape, count);
	for (uint32_t n = (count + shape.per_chunk - 1) / shape.per_chunk; n-- > 0;)
		slab_put_chunk(&ref->store->slab, before.list[n]);
}

static void
move_home(const struct swarm_ref *ref, struct shape shape)
{
	struct swarm_home before = *ref->home;
	struct swarm_ref from = *ref;
	uint32_t count = swarm_peers(&before.swarm);

	from.home = &before;
	ref->home->swarm.levels = SWARM_IN_HOME;
	copy_swarm(ref, &from, shape, count);
	free_lines(&from, lines_of(shape, count));
}

// --- one peer more, or less ---------------------------------------------------------------------

static bool
grow_lines(const struct swarm_ref *ref, struct shape shape, uint32_t count)
{
	uint32_t n = count / shape.per_line;

	if (n == SWARM_LIST)
		return move_to_chunks(ref, shape);
	if (slab_lines_free(&ref->store->slab) == 0)
		return false;
	ref->home->list[n] = slab_get_line(&ref->store->slab);
	return true;
}

static bool
grow_chunks(const struct swarm_ref *ref, struct shape shape, uint32_t count)
{
	if (slab_chunks_free(&ref->store->slab) < ref->home->swarm.levels) // with new nodes
		return false;
	attach_chunk(ref, count / shape.per_chunk);
	return true;
}

bool
swarm_grow_now(const struct swarm_ref *ref)
{
	struct shape shape = shape_of(ref->family, ref->store->detail);
	uint32_t count = swarm_peers(&ref->home->swarm);

	if (ref->home->swarm.levels == SWARM_IN_HOME)
		return move_to_lines(ref, shape);
	if (ref->home->swarm.levels == SWARM_IN_LINES)
		return grow_lines(ref, shape, count);
	return grow_chunks(ref, shape, count);
}

static void
shrink_lines(const struct swarm_ref *ref, struct shape shape, uint32_t count)
{
	if (count % shape.per_line == 0)
		slab_put_line(&ref->store->slab, ref->home->list[count / shape.per_line]);
	if (count <= shape.inside / 2)
		move_home(ref, shape);
}

static void
shrink_chunks(const struct swarm_ref *ref, struct shape shape, uint32_t count)
{
	if (count % shape.per_chunk == 0)
		detach_chunk(ref, count / shape.per_chunk);
	if (count == 0)
		ref->home->swarm.levels = SWARM_IN_HOME;
	else if (count <= LIST_RETURN * shape.per_line)
		move_back_to_lines(ref, shape);
}

void
swarm_shrink_now(const struct swarm_ref *ref)
{
	struct shape shape = shape_of(ref->family, ref->store->detail);
	uint32_t count = swarm_peers(&ref->home->swarm);

	if (ref->home->swarm.levels == SWARM_IN_LINES)
		shrink_lines(ref, shape, count);
	else
		shrink_chunks(ref, shape, count);
}
