// SPDX-License-Identifier: BSD-3-Clause
// A count-min sketch of token buckets: a bucket for any number of sources in fixed memory, which forgets by
// itself.
//
// A cell is the time at which its bucket is full again if nothing more is taken, as in limit.h. So time
// empties cells, and nothing has to walk over them. A keyed hash gives each source a cell in both rows. The
// level of a source is the smaller one of its two cells, and taking raises a cell only as far as that level
// requires (conservative update).
//
// Error. The level is never below that of the source's own bucket, so nobody gets more than its limit. It is
// above it only if both cells are shared with busier sources. With h busy sources among the SKETCH_CELLS cells
// of a row that is true for a part (h / SKETCH_CELLS)^2 of the others: 1,000 busy ones, one in 4,300. All
// sources together may take up to SKETCH_CELLS times the rate of one before the cells fill up without any
// busy source.
//
// One owner, no sharing between lcores. Nothing is allocated or freed.

#pragma once

#include "../base/siphash.h"

#include <rte_prefetch.h>

#include <stdbool.h>
#include <stdint.h>

enum { SKETCH_CELLS = 1 << 16 }; // of a row

struct sketch {
	uint64_t rows[2][SKETCH_CELLS]; // cycles; 0: unused
};

// The rate of a bucket in cycles. Costs have 16 fractional bits: a rate may be above the frequency of the cycle
// counter.
struct sketch_rate {
	uint64_t cost; // cycles << 16 that a sixteenth of a unit takes to come back
	uint64_t burst_tsc; // cycles until an empty bucket is full
};

// rate in units a second (at least 1), burst in units, hz in cycles a second. A bucket holds at least `least`
// sixteenths of a unit, so that an idle source can take that much at once.
void sketch_rate_set(
	struct sketch_rate *rate,
	uint32_t units,
	uint64_t burst,
	unsigned least,
	uint64_t hz
);

static __rte_always_inline uint64_t
sketch_cost_tsc(uint64_t cost, unsigned sixteenths)
{
	return cost * sixteenths >> 16;
}

static __rte_always_inline uint64_t *
sketch_cell(struct sketch *sketch, unsigned row, uint64_t hash)
{
	return &sketch->rows[row][(hash >> 32 * row) % SKETCH_CELLS];
}

static __rte_always_inline void
sketch_prefetch(struct sketch *sketch, uint64_t hash)
{
	rte_prefetch0(sketch_cell(sketch, 0, hash));
	rte_prefetch0(sketch_cell(sketch, 1, hash));
}

// When the bucket of a source is full again, at least `tsc`: then it is full.
static __rte_always_inline uint64_t
sketch_level(struct sketch *sketch, uint64_t hash, uint64_t tsc)
{
	uint64_t one = *sketch_cell(sketch, 0, hash), other = *sketch_cell(sketch, 1, hash);
	uint64_t level = RTE_MIN(one, other);

	return RTE_MAX(level, tsc);
}

// Raises the cells of a source to `level`.
static __rte_always_inline void
sketch_raise(struct sketch *sketch, uint64_t hash, uint64_t level)
{
	uint64_t *one = sketch_cell(sketch, 0, hash), *other = sketch_cell(sketch, 1, hash);

	*one = RTE_MAX(*one, level);
	*other = RTE_MAX(*other, level);
}

// A bucket is never emptier than empty, but after a change of rates a cell may say so. Called when a source is
// refused, so that it is refused for no longer than it should be.
static inline void
sketch_clip(struct sketch *sketch, uint64_t hash, uint64_t burst_tsc, uint64_t tsc)
{
	uint64_t *one = sketch_cell(sketch, 0, hash), *other = sketch_cell(sketch, 1, hash);

	*one = RTE_MIN(*one, tsc + burst_tsc);
	*other = RTE_MIN(*other, tsc + burst_tsc);
}
