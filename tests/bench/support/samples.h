// SPDX-License-Identifier: BSD-3-Clause
// Samples of a measurement, and their summary.

#pragma once

#include <stddef.h>

// Nanoseconds of each sample.
struct samples {
	size_t count;
	size_t capacity;
	double *ns;
};

struct samples_summary {
	double mean_ns;
	double adjusted_ns; // mean of samples within 10 % of the mean; 0: there are none
	double median_ns;
};

void samples_add(struct samples *samples, double ns);
void samples_free(struct samples *samples);

// Sorts the samples. All fields are 0 without samples.
struct samples_summary samples_summarise(struct samples *samples);
