// SPDX-License-Identifier: BSD-3-Clause
// What many measurements of one thing come to.

#pragma once

#include <stddef.h>

// Nanoseconds of each sample.
struct samples {
	size_t count;
	size_t room;
	double *ns;
};

struct samples_summary {
	double mean_ns;
	double adjusted_ns; // mean of those within a tenth of the mean; 0 where there are none
	double median_ns;
};

void samples_add(struct samples *samples, double ns);
void samples_free(struct samples *samples);

// Sorts them. All 0 without samples.
struct samples_summary samples_summarise(struct samples *samples);
