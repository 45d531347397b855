// SPDX-License-Identifier: BSD-3-Clause
// The rows a benchmark came to: a table for people, JSON for programs.
//
// {"schema": 1, "machine": {"cpu", "cpus", "kernel"}, "revision",
//  "rows": [{"name", "metric", "unit", "value", "baseline", "ratio"}]}
//
// Machines differ: `ratio` is what to compare, `value` only within a run. One thread.

#pragma once

#include <stdio.h>

struct bench_row {
	const char *name;
	const char *metric; // what was measured, unit included: "ns_per_op"
	const char *unit;
	double value;
	double baseline; // of the same run; NAN: there is none
	double ratio; // how much better than the baseline: above 1 is good; NAN: no baseline
};

struct bench_report;

// `revision` of the sources; NULL: what the environment's BENCH_REVISION says, or "unknown".
struct bench_report *bench_report_create(const char *revision);
void bench_report_free(struct bench_report *report);

// Copies the row.
void bench_report_add(struct bench_report *report, const struct bench_row *row);

// The row of that name, or NULL; until the next is added.
const struct bench_row *bench_report_find(const struct bench_report *report, const char *name);

// Machine, revision and table.
void bench_report_print(const struct bench_report *report, FILE *out);

// 0, or -1 and a sentence on standard error.
int bench_report_write(const struct bench_report *report, const char *path);
