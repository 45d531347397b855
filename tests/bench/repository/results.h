// SPDX-License-Identifier: BSD-3-Clause
// What was measured: samples of each repository and workload, and the rows they come to.

#pragma once

#include "../support/report.h"
#include "../support/samples.h"
#include "repository.h"
#include "workloads.h"

struct results {
	unsigned threads;
	struct samples samples[REPOSITORIES][WORKLOADS]; // none where it was not measured
	struct samples_summary summaries[REPOSITORIES][WORKLOADS]; // after results_summarise
};

void results_summarise(struct results *results);
void results_free(struct results *results);

// As the article prints them.
void results_print(const struct results *results);

// Nanoseconds per operation; NAN where it was not measured.
double results_ns_per_op(const struct results *results, unsigned repository, unsigned workload);

// The best of those compared with Weir's: of all, or of ordered maps behind locks alone. NAN: none.
double results_best(const struct results *results, unsigned workload, bool ordered_map);

// A row for each repository, and Weir's once more against the ordered maps.
void results_report(const struct results *results, struct bench_report *report);

// NAME_weir_over_OTHER_Nt: Weir's, against a baseline of its own.
void results_report_over(
	const struct results *results,
	struct bench_report *report,
	unsigned workload,
	const char *other,
	double baseline
);
