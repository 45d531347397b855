// SPDX-License-Identifier: BSD-3-Clause
// Results: samples of each repository and workload, and their rows.

#pragma once

#include "../support/report.h"
#include "../support/samples.h"
#include "repository.h"
#include "workloads.h"

struct results {
	unsigned threads;
	struct samples samples[REPOSITORIES][WORKLOADS]; // empty if not measured
	struct samples_summary summaries[REPOSITORIES][WORKLOADS]; // after results_summarise
};

void results_summarise(struct results *results);
void results_free(struct results *results);

// Prints them in the format of the article.
void results_print(const struct results *results);

// Nanoseconds per operation; NAN if not measured.
double results_ns_per_op(const struct results *results, unsigned repository, unsigned workload);

// The best of the others, all of them or only ordered maps with locks. NAN: none.
double results_best(const struct results *results, unsigned workload, bool ordered_map);

// Adds a row for each repository, and one of Weir's against the ordered maps.
void results_report(const struct results *results, struct bench_report *report);

// Adds the row NAME_weir_over_OTHER_Nt: Weir's, against `baseline`.
void results_report_over(
	const struct results *results,
	struct bench_report *report,
	unsigned workload,
	const char *other,
	double baseline
);
