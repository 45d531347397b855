// SPDX-License-Identifier: BSD-3-Clause

#include "entry.h"

// Value of a peer in the map.
enum {
	PEER_SEEDER = 1,
	PEER_FINISHED = 2, // its completion was counted, or it was added as a seeder
};

static struct btree_key
peer_key(const struct request *request)
{
	uint64_t head = 0;

	memcpy(&head, request->peer, PEER_BYTES);
	return (struct btree_key){.head = rte_be_to_cpu_64(head)};
}

static void
add(struct entry *entry, union btree_value *peer, bool seeder)
{
	peer->word = seeder ? PEER_SEEDER | PEER_FINISHED : 0;
	entry->seeders += seeder;
	entry->leechers += !seeder;
}

static void
change(struct entry *entry, union btree_value *peer, bool seeder)
{
	bool was_seeder = peer->word & PEER_SEEDER;

	if (seeder != was_seeder) {
		entry->seeders += seeder ? 1 : -1;
		entry->leechers += seeder ? -1 : 1;
	}
	if (seeder && !(peer->word & PEER_FINISHED)) {
		entry->completed++;
		peer->word |= PEER_FINISHED;
	}
	peer->word = (peer->word & ~(uint64_t)PEER_SEEDER) | (seeder ? PEER_SEEDER : 0);
}

struct counts
entry_upsert(struct entry *entry, const struct request *request)
{
	struct btree_key key = peer_key(request);
	bool added;
	union btree_value *peer = btree_upsert(&entry->peers, &key, &added);

	if (added)
		add(entry, peer, request->seeder);
	else
		change(entry, peer, request->seeder);
	return (struct counts){entry->seeders, entry->leechers, entry->completed};
}

void
entry_clear(struct entry *entry)
{
	btree_clear(&entry->peers, NULL);
	*entry = (struct entry){0};
}
