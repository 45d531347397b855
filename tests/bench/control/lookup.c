// SPDX-License-Identifier: BSD-3-Clause

#include "lookup.h"

#include "../../../app/common/memory.h"
#include "../support/samples.h"
#include "cpu_time.h"

#include <stdio.h>
#include <string.h>

enum { LINE = 64, NAME_MAX_BYTES = 64 };

struct lines {
	const uint8_t *memory;
	uint64_t count;
};

// The address of the query selects the line: queries may have the same bytes.
static uint64_t
read_line(const void *table, const uint8_t *query)
{
	const struct lines *lines = table;
	uint64_t random = (uintptr_t)query * UINT64_C(0x9e3779b97f4a7c15);

	random = (random ^ random >> 29) * UINT64_C(0xbf58476d1ce4e5b9);
	return lines->memory[((random >> 32) * lines->count >> 32) * LINE];
}

// Slice number `slice` of the queries. The compiler cannot know that `zero` is 0, so each query is at an
// address that depends on the result of the one before it.
static double
ns_per_lookup(const struct lookup *lookup, lookup_fn *function, const void *table, unsigned slice)
{
	static volatile uint64_t unknown; // 0
	const uint8_t *query = lookup->queries + slice * LOOKUP_SLICE * lookup->query_bytes;
	uint64_t zero = unknown, result = 0;
	uint64_t started_ns = cpu_time_ns();

	for (unsigned i = 0; i < LOOKUP_SLICE; i++, query += lookup->query_bytes)
		result = function(table, query + (result & zero));
	unknown = result & zero;
	return (double)(cpu_time_ns() - started_ns) / LOOKUP_SLICE;
}

void
lookup_measure(
	const struct lookup *lookup,
	const char *size,
	unsigned rounds,
	struct bench_report *report
)
{
	char name[NAME_MAX_BYTES];
	size_t bytes = (lookup->table_bytes + LINE - 1) / LINE * LINE;
	uint8_t *memory = memory_map(bytes);
	struct lines lines = {memory, bytes / LINE};
	struct samples lookups = {0}, reads = {0};

	snprintf(name, sizeof(name), "%s_%s", lookup->name, size);
	memset(memory, 1, bytes); // memory that was never written is one page of zeros
	for (unsigned i = 0; i < rounds * LOOKUP_SLICES; i++) {
		unsigned slice = i % LOOKUP_SLICES;

		samples_add(&reads, ns_per_lookup(lookup, read_line, &lines, slice));
		samples_add(
			&lookups, ns_per_lookup(lookup, lookup->function, lookup->table, slice)
		);
	}
	double value = samples_summarise(&lookups).median_ns;
	double baseline = samples_summarise(&reads).median_ns;

	bench_report_add(
		report,
		&(struct bench_row){
			.name = name,
			.metric = "ns_per_lookup",
			.unit = "ns",
			.value = value,
			.baseline = baseline,
			.ratio = baseline / value,
		}
	);
	samples_free(&lookups);
	samples_free(&reads);
	memory_unmap(memory, bytes);
}
