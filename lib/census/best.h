// SPDX-License-Identifier: BSD-3-Clause
// The best few of many torrents, kept while all pass by: a heap with the worst of them on top. One
// owner.

#pragma once

#include "../swarm/shard_view.h"

// True where `a` stands before `b`. A total order.
typedef bool (*best_before)(const struct shard_row *a, const struct shard_row *b);

struct best {
	struct shard_row *rows; // the caller's, `room` of them
	unsigned room;
	unsigned count;
	best_before before;
};

void best_offer(struct best *best, const struct shard_row *row);

// In order, best first. Nothing may be offered afterwards.
void best_sort(struct best *best);

// Orders: by info_hash; by peers, the most first, then by info_hash.
bool best_by_hash(const struct shard_row *a, const struct shard_row *b);
bool best_by_peers(const struct shard_row *a, const struct shard_row *b);

static inline uint64_t
best_peers(const struct shard_row *row)
{
	return (uint64_t)shard_row_sum(row->seeders) + shard_row_sum(row->leechers);
}
