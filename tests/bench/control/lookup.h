// SPDX-License-Identifier: BSD-3-Clause
// Cost of one lookup in a table.
//
// Each lookup waits for the one before it, as a packet's next step waits for it. The baseline is one read
// of a random cache line in memory of the size of the table, which waits in the same way: the least that
// a lookup can cost in a table that is not in the caches. Slices of the queries are timed alone, by
// the CPU time that they take.

#pragma once

#include "../support/report.h"

#include <stddef.h>
#include <stdint.h>

enum { LOOKUP_SLICE = 1 << 13, LOOKUP_SLICES = 32, LOOKUP_QUERIES = LOOKUP_SLICE * LOOKUP_SLICES };

// Looks up one query. The value has to depend on the result.
typedef uint64_t lookup_fn(const void *table, const uint8_t *query);

struct lookup {
	const char *name; // of the row, without the size
	lookup_fn *function;
	const void *table;
	size_t table_bytes;
	const uint8_t *queries; // LOOKUP_QUERIES of `query_bytes` each
	size_t query_bytes;
};

// Adds the row NAME_SIZE: nanoseconds of a lookup, median of slices.
void lookup_measure(
	const struct lookup *lookup,
	const char *size,
	unsigned rounds,
	struct bench_report *report
);
