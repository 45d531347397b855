// SPDX-License-Identifier: BSD-3-Clause
// The best few of many torrents, which are added one by one: a heap with the worst of them on top. One
// owner.

#pragma once

#include "../swarm/shard_view.h"

// Whether `a` comes before `b`. A total order.
typedef bool (*best_before)(const struct shard_row *a, const struct shard_row *b);

struct best {
	struct shard_row *rows; // of the caller, `capacity` of them
	unsigned capacity;
	unsigned count;
	best_before before;
};

// Adds a row if it is among the best.
void best_add(struct best *best, const struct shard_row *row);

// Sorts the rows, best first. No row may be added afterwards.
void best_sort(struct best *best);

// Orders: by info_hash; by the number of peers, descending, then by info_hash.
bool best_by_hash(const struct shard_row *a, const struct shard_row *b);
bool best_by_peers(const struct shard_row *a, const struct shard_row *b);

static inline uint64_t
best_peers(const struct shard_row *row)
{
	return (uint64_t)shard_row_sum(row->seeders) + shard_row_sum(row->leechers);
}
