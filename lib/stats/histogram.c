// SPDX-License-Identifier: BSD-3-Clause

#include "histogram.h"

void
histogram_init(struct histogram *histogram)
{
	*histogram = (struct histogram){.min = UINT64_MAX};
}

void
histogram_add(struct histogram *sum, const struct histogram *from)
{
	uint64_t min = __atomic_load_n(&from->min, __ATOMIC_RELAXED);
	uint64_t max = __atomic_load_n(&from->max, __ATOMIC_RELAXED);

	sum->min = RTE_MIN(sum->min, min);
	sum->max = RTE_MAX(sum->max, max);
	sum->sum += __atomic_load_n(&from->sum, __ATOMIC_RELAXED);
	for (unsigned i = 0; i < HISTOGRAM_BUCKETS; i++)
		sum->counts[i] += __atomic_load_n(&from->counts[i], __ATOMIC_RELAXED);
}

uint64_t
histogram_count(const struct histogram *histogram)
{
	uint64_t count = 0;

	for (unsigned i = 0; i < HISTOGRAM_BUCKETS; i++)
		count += histogram->counts[i];
	return count;
}

double
histogram_mean(const struct histogram *histogram)
{
	uint64_t count = histogram_count(histogram);

	return count == 0 ? 0 : (double)histogram->sum / (double)count;
}

uint64_t
histogram_percentile(const struct histogram *histogram, double share)
{
	double wanted = share * (double)histogram_count(histogram);
	uint64_t seen = 0;

	for (unsigned i = 0; i < HISTOGRAM_BUCKETS; i++) {
		seen += histogram->counts[i];
		if (histogram->counts[i] > 0 && (double)seen >= wanted)
			return RTE_MIN(histogram_bucket_max(i), histogram->max);
	}
	return histogram->max;
}
