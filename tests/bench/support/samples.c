// SPDX-License-Identifier: BSD-3-Clause

#include "samples.h"

#include "../../../app/common/memory.h"

#include <stdlib.h>

void
samples_add(struct samples *samples, double ns)
{
	if (samples->count == samples->capacity) {
		samples->capacity = samples->capacity == 0 ? 64 : 2 * samples->capacity;
		samples->ns = memory_grow(samples->ns, samples->capacity * sizeof(*samples->ns));
	}
	samples->ns[samples->count++] = ns;
}

void
samples_free(struct samples *samples)
{
	free(samples->ns);
	*samples = (struct samples){0};
}

static int
compare(const void *a, const void *b)
{
	double left = *(const double *)a;
	double right = *(const double *)b;

	return (left > right) - (left < right);
}

static double
mean(const struct samples *samples, double from, double to)
{
	double sum = 0;
	size_t count = 0;

	for (size_t i = 0; i < samples->count; i++) {
		if (samples->ns[i] < from || samples->ns[i] > to)
			continue;
		sum += samples->ns[i];
		count++;
	}
	return count == 0 ? 0 : sum / (double)count;
}

struct samples_summary
samples_summarise(struct samples *samples)
{
	struct samples_summary summary = {0};

	if (samples->count == 0)
		return summary;
	qsort(samples->ns, samples->count, sizeof(*samples->ns), compare);
	summary.mean_ns = mean(samples, 0, samples->ns[samples->count - 1]);
	summary.adjusted_ns = mean(samples, 0.9 * summary.mean_ns, 1.1 * summary.mean_ns);
	summary.median_ns = samples->ns[samples->count / 2];
	return summary;
}
