// SPDX-License-Identifier: BSD-3-Clause
// Pearson's test of whether counts are as even as chance allows.
//
// Tests draw from seeded generators, so a result is the same in each run: the limit may be high
// without making a test fail now and then.

#pragma once

#include <math.h>
#include <stdbool.h>
#include <stdint.h>

// The statistic of `cells` counts that should be equal.
static inline double
chi_square(const uint32_t *counts, unsigned cells)
{
	double total = 0;
	double sum = 0;

	for (unsigned i = 0; i < cells; i++)
		total += counts[i];
	for (unsigned i = 0; i < cells; i++) {
		double off = counts[i] - total / cells;

		sum += off * off / (total / cells);
	}
	return sum;
}

// What chance exceeds once in a million times (Wilson and Hilferty's approximation).
static inline double
chi_square_limit(unsigned freedom)
{
	double part = 2.0 / (9.0 * freedom);

	return freedom * pow(1 - part + 4.75 * sqrt(part), 3);
}

static inline bool
chi_square_even(const uint32_t *counts, unsigned cells)
{
	return cells < 2 || chi_square(counts, cells) < chi_square_limit(cells - 1);
}
