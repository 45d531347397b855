// SPDX-License-Identifier: BSD-3-Clause

#include "best.h"

#include <string.h>

bool
best_by_hash(const struct shard_row *a, const struct shard_row *b)
{
	return memcmp(a->info_hash, b->info_hash, SHARD_INFO_HASH_BYTES) < 0;
}

bool
best_by_peers(const struct shard_row *a, const struct shard_row *b)
{
	uint64_t a_peers = best_peers(a), b_peers = best_peers(b);

	return a_peers != b_peers ? a_peers > b_peers : best_by_hash(a, b);
}

static void
swap_rows(struct shard_row *a, struct shard_row *b)
{
	struct shard_row was = *a;

	*a = *b;
	*b = was;
}

// Moves row `i` of a heap of `count` down until no row below it is worse.
static void
sink_row(const struct best *best, unsigned i, unsigned count)
{
	struct shard_row *rows = best->rows;

	for (;;) {
		unsigned worst = i;

		for (unsigned child = 2 * i + 1; child <= 2 * i + 2 && child < count; child++)
			if (best->before(&rows[worst], &rows[child]))
				worst = child;
		if (worst == i)
			return;
		swap_rows(&rows[i], &rows[worst]);
		i = worst;
	}
}

void
best_add(struct best *best, const struct shard_row *row)
{
	struct shard_row *rows = best->rows;

	if (best->count == best->capacity) {
		if (best->capacity == 0 || !best->before(row, &rows[0]))
			return;
		rows[0] = *row;
		sink_row(best, 0, best->count);
		return;
	}
	unsigned i = best->count++;

	rows[i] = *row;
	for (; i > 0 && best->before(&rows[(i - 1) / 2], &rows[i]); i = (i - 1) / 2)
		swap_rows(&rows[i], &rows[(i - 1) / 2]);
}

void
best_sort(struct best *best)
{
	for (unsigned count = best->count; count > 1; count--) {
		swap_rows(&best->rows[0], &best->rows[count - 1]);
		sink_row(best, 0, count - 1);
	}
}
