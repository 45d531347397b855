// SPDX-License-Identifier: BSD-3-Clause
// Torrust's repositories under the same workloads: runs a helper program and adds its figures as
// rows.

#pragma once

#include "options.h"
#include "results.h"

// Runs options->torrust with the number of threads of the results. Prints its figures, adds
// WORKLOAD_torrust_best_Nt, WORKLOAD_torrust_bare_best_Nt and Weir's against both. Returns 0, or -1
// with a message on standard error.
int torrust_measure(
	const struct options *options,
	const struct results *results,
	struct bench_report *report
);
