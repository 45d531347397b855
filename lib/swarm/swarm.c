// SPDX-License-Identifier: BSD-3-Clause

#include "swarm.h"

#include <rte_common.h>

#include <string.h>

// A peer's word: when it was last heard of, and whether its completion has been counted.
enum { SEEN_BITS = 31 };

#define FINISHED (UINT32_C(1) << SEEN_BITS)

// Both arrays of a swarm, for as long as its block stays.
struct view {
	uint8_t *addresses;
	uint32_t *words;
	unsigned stride;
	uint32_t capacity; // peers
};

static struct view
view_block(const struct arena *arena, uint32_t block, unsigned order, enum family family)
{
	size_t bytes = (size_t)ARENA_UNIT_BYTES << order;
	struct view view = {
		.stride = swarm_stride(family),
		.capacity = (uint32_t)(bytes / swarm_peer_bytes(family)),
	};

	// Words first: they want alignment.
	view.words = arena_bytes(arena, block);
	view.addresses = (uint8_t *)(view.words + view.capacity);
	return view;
}

static struct view
view_swarm(const struct swarm *swarm, const struct arena *arena, enum family family)
{
	return view_block(arena, swarm->block, swarm->order - 1, family);
}

static uint8_t *
address_at(const struct view *view, uint32_t i)
{
	return view->addresses + (size_t)i * view->stride;
}

static void
move(const struct view *view, uint32_t to, uint32_t from)
{
	memcpy(address_at(view, to), address_at(view, from), view->stride);
	view->words[to] = view->words[from];
}

uint32_t
swarm_find(
	const struct swarm *swarm,
	const struct arena *arena,
	enum family family,
	const uint8_t *address
)
{
	uint32_t count = swarm_peers(swarm);

	if (count == 0)
		return SWARM_NO_PEER;
	struct view view = view_swarm(swarm, arena, family);

	for (uint32_t i = 0; i < count; i++)
		if (memcmp(address_at(&view, i), address, view.stride) == 0)
			return i;
	return SWARM_NO_PEER;
}

// Moves all peers to a block of another order. False where the arena has none.
static bool
resize(struct swarm *swarm, struct arena *arena, enum family family, unsigned order)
{
	uint32_t block = arena_get(arena, order);
	uint32_t count = swarm_peers(swarm);

	if (block == ARENA_NONE)
		return false;
	if (count > 0) {
		struct view from = view_swarm(swarm, arena, family);
		struct view to = view_block(arena, block, order, family);

		memcpy(to.words, from.words, count * sizeof(*to.words));
		memcpy(to.addresses, from.addresses, (size_t)count * to.stride);
	}
	if (swarm->order != 0)
		arena_put(arena, swarm->block, swarm->order - 1);
	swarm->block = block;
	swarm->order = order + 1;
	return true;
}

// Room for one more peer: twice the block when it is full.
static bool
grow(struct swarm *swarm, struct arena *arena, enum family family)
{
	if (swarm->order != 0 && swarm_peers(swarm) < view_swarm(swarm, arena, family).capacity)
		return true;
	if (swarm->order == ARENA_ORDERS)
		return false;
	return resize(swarm, arena, family, swarm->order);
}

// Half the block once three quarters of it are empty; without room for the move, later.
static void
shrink(struct swarm *swarm, struct arena *arena, enum family family)
{
	if (swarm_peers(swarm) == 0) {
		arena_put(arena, swarm->block, swarm->order - 1);
		swarm->order = 0;
		return;
	}
	if (swarm->order > 1 && swarm_peers(swarm) < view_swarm(swarm, arena, family).capacity / 4)
		resize(swarm, arena, family, swarm->order - 2u);
}

// Opens a place for a seeder or a leecher behind the last one of its kind.
static uint32_t
open_place(struct swarm *swarm, const struct view *view, bool seeder)
{
	if (!seeder)
		return swarm->seeders + swarm->leechers++;
	if (swarm->leechers > 0) // the first leecher makes way
		move(view, swarm->seeders + swarm->leechers, swarm->seeders);
	return swarm->seeders++;
}

static void
close_place(struct swarm *swarm, const struct view *view, uint32_t i)
{
	uint32_t last = swarm_peers(swarm) - 1;

	if (i < swarm->seeders) {
		swarm->seeders--;
		move(view, i, swarm->seeders);
		i = swarm->seeders;
		if (swarm->leechers > 0)
			move(view, i, last);
	} else {
		swarm->leechers--;
		move(view, i, last);
	}
}

uint32_t
swarm_add(
	struct swarm *swarm,
	struct arena *arena,
	enum family family,
	const uint8_t *address,
	bool seeder,
	uint32_t now_s
)
{
	if (!grow(swarm, arena, family))
		return SWARM_NO_PEER;
	struct view view = view_swarm(swarm, arena, family);
	uint32_t i = open_place(swarm, &view, seeder);

	memcpy(address_at(&view, i), address, view.stride);
	view.words[i] = now_s | (seeder ? FINISHED : 0);
	return i;
}

uint32_t
swarm_touch(
	struct swarm *swarm,
	struct arena *arena,
	enum family family,
	uint32_t i,
	bool seeder,
	uint32_t now_s,
	bool *finished
)
{
	struct view view = view_swarm(swarm, arena, family);
	bool was_seeder = i < swarm->seeders;
	uint32_t word = now_s | (view.words[i] & FINISHED);

	*finished = seeder && !(word & FINISHED);
	if (seeder)
		word |= FINISHED;
	if (seeder != was_seeder) {
		uint8_t address[18];

		memcpy(address, address_at(&view, i), view.stride);
		close_place(swarm, &view, i);
		i = open_place(swarm, &view, seeder);
		memcpy(address_at(&view, i), address, view.stride);
	}
	view.words[i] = word;
	return i;
}

void
swarm_remove(struct swarm *swarm, struct arena *arena, enum family family, uint32_t i)
{
	struct view view = view_swarm(swarm, arena, family);

	close_place(swarm, &view, i);
	shrink(swarm, arena, family);
}

uint32_t
swarm_seen_s(const struct swarm *swarm, const struct arena *arena, enum family family, uint32_t i)
{
	return view_swarm(swarm, arena, family).words[i] & ~FINISHED;
}

// `first` .. `first + count` are the candidates, `asker` one of them or none. A random walk with
// a constant random step meets `want` different ones, each with the same chance: the start is
// uniform, and want steps never go round once.
uint16_t
swarm_select(
	const struct swarm *swarm,
	const struct arena *arena,
	enum family family,
	uint32_t asker,
	bool leechers_only,
	uint16_t want,
	struct rng *rng,
	uint8_t *out
)
{
	uint32_t first = leechers_only ? swarm->seeders : 0;
	uint32_t count = swarm_peers(swarm) - first;

	if (asker >= first && asker != SWARM_NO_PEER)
		count--; // indices from the asker's on stand one further
	else
		asker = SWARM_NO_PEER;
	want = RTE_MIN(want, count);
	if (want == 0)
		return 0;
	struct view view = view_swarm(swarm, arena, family);
	uint32_t step = 1 + rng_below(rng, count / want);
	uint32_t at = rng_below(rng, count);

	for (uint16_t n = 0; n < want; n++) {
		uint32_t i = first + at;

		memcpy(out, address_at(&view, i + (i >= asker)), view.stride);
		out += view.stride;
		at += step;
		if (at >= count)
			at -= count;
	}
	return want;
}
