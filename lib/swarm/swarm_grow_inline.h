// SPDX-License-Identifier: BSD-3-Clause
// Room for one peer more or less. For swarm_change_inline.h.

#pragma once

#include "swarm_lines_inline.h"

// The swarm has no room for one more peer, or has room that it can give back.
bool swarm_grow_now(const struct swarm_ref *ref);
void swarm_shrink_now(const struct swarm_ref *ref);

// Peers of a block of a swarm that has lines or chunks.
static __rte_always_inline uint32_t
peers_in_block(const struct swarm_ref *ref, struct shape shape)
{
	unsigned levels = ref->home->swarm.levels;

	return levels == SWARM_IN_LINES ? shape.per_line : shape.per_chunk;
}

// Makes room for one more peer. Returns false if the slab has too little.
static __rte_always_inline bool
swarm_grow(const struct swarm_ref *ref, struct shape shape)
{
	uint32_t count = swarm_peers(&ref->home->swarm);

	if (ref->home->swarm.levels == SWARM_IN_HOME)
		return count < shape.inside || swarm_grow_now(ref);
	return count % peers_in_block(ref, shape) != 0 || swarm_grow_now(ref);
}

// Gives back the room behind the last peer. Called after a place was closed, and after swarm_grow if the
// place is not used.
static __rte_always_inline void
swarm_shrink(const struct swarm_ref *ref, struct shape shape)
{
	uint32_t count = swarm_peers(&ref->home->swarm);
	uint32_t small = ref->home->swarm.levels == SWARM_IN_LINES ? shape.inside / 2u
								   : LIST_RETURN * shape.per_line;

	if (ref->home->swarm.levels == SWARM_IN_HOME)
		return;
	if (count % peers_in_block(ref, shape) == 0 || count <= small)
		swarm_shrink_now(ref);
}
