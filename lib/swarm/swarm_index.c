// SPDX-License-Identifier: BSD-3-Clause
// The peers of a large swarm in the index: what is rare enough to be written once for all shapes of blocks.

#include "swarm_find_inline.h"

void
swarm_unindex_peers(const struct swarm_ref *ref, uint32_t count)
{
	struct shape shape = shape_of(ref->family, ref->store->detail);

	for (uint32_t i = 0; i < count; i++)
		peer_index_remove(
			&ref->store->index, index_hash(ref, shape, address_of(ref, shape, i)), i
		);
	ref->home->swarm.indexed = false;
}

bool
swarm_index_peers(const struct swarm_ref *ref)
{
	struct shape shape = shape_of(ref->family, ref->store->detail);
	uint32_t count = swarm_peers(&ref->home->swarm);

	for (uint32_t i = 0; i < count; i++)
		if (!peer_index_add(
			    &ref->store->index, index_hash(ref, shape, address_of(ref, shape, i)), i
		    )) {
			swarm_unindex_peers(ref, i);
			return false;
		}
	ref->home->swarm.indexed = true;
	return true;
}

void
swarm_index_move(const struct swarm_ref *ref, const uint8_t *address, uint32_t from, uint32_t to)
{
	struct shape shape = shape_of(ref->family, ref->store->detail);

	peer_index_move(&ref->store->index, index_hash(ref, shape, address), from, to);
}
