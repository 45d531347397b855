// SPDX-License-Identifier: BSD-3-Clause
// Torrust's own repositories under the same workloads: a helper program measures, its figures
// become rows.

#pragma once

#include "options.h"
#include "results.h"

// Runs options->torrust with as many threads as the results have. Prints what it found, adds
// WORKLOAD_torrust_best_Nt, WORKLOAD_torrust_bare_best_Nt and Weir's against both. 0, or -1 and a
// sentence on standard error.
int torrust_measure(
	const struct options *options,
	const struct results *results,
	struct bench_report *report
);
