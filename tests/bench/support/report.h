// SPDX-License-Identifier: BSD-3-Clause
// Rows of results, as a table and as JSON.
//
// {"schema": 1, "machine": {"cpu", "cpus", "kernel"}, "revision",
//  "rows": [{"name", "metric", "unit", "value", "baseline", "ratio", "pages"}]}
//
// "pages" is "4k", "2m", or null where it does not matter. Names of rows with pages of 2 MiB end in "_2m".
// Machines differ: compare `ratio`; compare `value` only within a run. One thread.

#pragma once

#include "eal.h"

#include <stdbool.h>
#include <stdio.h>

struct bench_row {
	const char *name;
	const char *metric; // with its unit: "ns_per_op"
	const char *unit;
	double value;
	double baseline; // of the same run; NAN: none
	double ratio; // how much better than the baseline; above 1 is better; NAN: no baseline
	bool any_pages; // the size of pages does not matter
};

struct bench_report;

// `revision`: of the sources; NULL: from the environment variable BENCH_REVISION, or "unknown".
struct bench_report *bench_report_create(const char *revision);
void bench_report_free(struct bench_report *report);

// The pages of rows that are added from now on. Without this call the size does not matter.
void bench_report_set_pages(struct bench_report *report, enum bench_pages pages);

// Copies the row.
void bench_report_add(struct bench_report *report, const struct bench_row *row);

// The row of that name, valid until the next is added; NULL: none.
const struct bench_row *bench_report_find(const struct bench_report *report, const char *name);

// Machine, revision and table.
void bench_report_print(const struct bench_report *report, FILE *out);

// Returns 0, or -1 with a message on standard error.
int bench_report_write(const struct bench_report *report, const char *path);
