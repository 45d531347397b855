// SPDX-License-Identifier: BSD-3-Clause

#include "peer_index.h"

uint32_t
peer_index_buckets(uint32_t peers)
{
	uint64_t entries = (uint64_t)peers * 7 / 6 + 1;

	return (uint32_t)(entries / PEER_INDEX_ENTRIES + 2);
}

void
peer_index_init(struct peer_index *index, void *memory, uint32_t count)
{
	*index = (struct peer_index){memory, count};
}

static struct peer_bucket *
next_bucket(const struct peer_index *index, struct peer_bucket *bucket)
{
	return ++bucket == index->buckets + index->count ? index->buckets : bucket;
}

// The place of an entry in a bucket, or NULL. Entry 0 finds a free place.
static uint32_t *
find_entry(struct peer_bucket *bucket, uint32_t entry)
{
	uint32_t tag = entry >> PEER_INDEX_POSITION_BITS;
	unsigned candidates = peer_bucket_match(bucket, tag) & ~1u;

	for (; candidates != 0; candidates &= candidates - 1) {
		unsigned i = (unsigned)__builtin_ctz(candidates) - 1;

		if (bucket->entries[i] == entry)
			return &bucket->entries[i];
	}
	return NULL;
}

bool
peer_index_add(struct peer_index *index, uint64_t hash, uint32_t position)
{
	struct peer_bucket *home = peer_index_bucket(index, hash);
	struct peer_bucket *bucket = home;
	uint32_t *place = find_entry(bucket, 0);

	for (unsigned probes = 1; place == NULL; probes++) {
		if (probes == PEER_INDEX_PROBES_MAX)
			return false;
		bucket = next_bucket(index, bucket);
		place = find_entry(bucket, 0);
	}
	for (; home != bucket; home = next_bucket(index, home))
		home->passed++;
	*place = peer_index_entry(hash, position);
	return true;
}

// The place of an existing entry; *bucket becomes its bucket.
static uint32_t *
find_from(const struct peer_index *index, struct peer_bucket **bucket, uint32_t entry)
{
	uint32_t *place;

	while ((place = find_entry(*bucket, entry)) == NULL)
		*bucket = next_bucket(index, *bucket);
	return place;
}

void
peer_index_remove(struct peer_index *index, uint64_t hash, uint32_t position)
{
	struct peer_bucket *home = peer_index_bucket(index, hash);
	struct peer_bucket *bucket = home;

	*find_from(index, &bucket, peer_index_entry(hash, position)) = 0;
	for (; home != bucket; home = next_bucket(index, home))
		home->passed--;
}

void
peer_index_move(struct peer_index *index, uint64_t hash, uint32_t from, uint32_t to)
{
	struct peer_bucket *bucket = peer_index_bucket(index, hash);

	*find_from(index, &bucket, peer_index_entry(hash, from)) = peer_index_entry(hash, to);
}
