// SPDX-License-Identifier: BSD-3-Clause
// How many peers each source has: a count-min sketch of fixed size, in which counts can also fall.
//
// A keyed hash of the source selects a line of 16 cells, and one cell in each of four groups of four. The
// estimate is the smallest of the four: it is never too low. It is too high by the peers of others in the
// same line, as far as they share all four cells. A heavy source disturbs another one only if both are in the
// same line (1 in `count`) and select the same four cells (1 in 256). Light sources add little: with a line
// for each eight peers, a full table has two in each cell, and the smallest of four is one on average; with a
// line for each 32, five.
//
// One owner, who writes with relaxed stores; any thread may read.

#pragma once

#include "../base/line.h"

#include <rte_common.h>
#include <rte_prefetch.h>

#include <stdint.h>

enum {
	SOURCE_GROUPS = 4,
	SOURCE_GROUP_CELLS = 4,
	SOURCE_LINES_MIN = 256,
};

struct source_line {
	uint32_t cells[SOURCE_GROUPS * SOURCE_GROUP_CELLS];
} __rte_aligned(LINE_BYTES);

struct source_counts {
	struct source_line *lines; // zeroed
	uint32_t count;
};

// Number of lines for up to `peers` peers, with `per_line` of them on each line of a full table.
static inline uint32_t
source_counts_lines(uint32_t peers, uint32_t per_line)
{
	return RTE_MAX(peers / per_line, (uint32_t)SOURCE_LINES_MIN);
}

// The upper half of a hash selects the line.
static inline struct source_line *
source_counts_line(const struct source_counts *counts, uint64_t hash)
{
	return &counts->lines[(hash >> 32) * counts->count >> 32];
}

static inline void
source_counts_prefetch(const struct source_counts *counts, uint64_t hash)
{
	rte_prefetch0(source_counts_line(counts, hash));
}

// The cell of a hash in a group.
static inline uint32_t *
source_line_cell(struct source_line *line, uint64_t hash, unsigned group)
{
	return &line->cells[group * SOURCE_GROUP_CELLS + (hash >> 2 * group & 3)];
}

// Never less than the count. Any thread.
static inline uint32_t
source_counts_estimate(const struct source_counts *counts, uint64_t hash)
{
	struct source_line *line = source_counts_line(counts, hash);
	uint32_t least = UINT32_MAX;

	for (unsigned g = 0; g < SOURCE_GROUPS; g++) {
		uint32_t *cell = source_line_cell(line, hash, g);

		least = RTE_MIN(least, __atomic_load_n(cell, __ATOMIC_RELAXED));
	}
	return least;
}

// Adds `change`, 1 or -1 (as an unsigned number), and returns the new estimate.
static inline uint32_t
source_counts_change(const struct source_counts *counts, uint64_t hash, uint32_t change)
{
	struct source_line *line = source_counts_line(counts, hash);
	uint32_t least = UINT32_MAX;

	for (unsigned g = 0; g < SOURCE_GROUPS; g++) {
		uint32_t *cell = source_line_cell(line, hash, g);
		uint32_t value = *cell + change;

		__atomic_store_n(cell, value, __ATOMIC_RELAXED);
		least = RTE_MIN(least, value);
	}
	return least;
}
