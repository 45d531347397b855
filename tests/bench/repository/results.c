// SPDX-License-Identifier: BSD-3-Clause

#include "results.h"

#include <math.h>

void
results_summarise(struct results *results)
{
	for (unsigned r = 0; r < REPOSITORIES; r++)
		for (unsigned w = 0; w < WORKLOADS; w++)
			results->summaries[r][w] = samples_summarise(&results->samples[r][w]);
}

void
results_free(struct results *results)
{
	for (unsigned r = 0; r < REPOSITORIES; r++)
		for (unsigned w = 0; w < WORKLOADS; w++)
			samples_free(&results->samples[r][w]);
}

static void
print_duration(double ns)
{
	if (ns < 1e3)
		printf("%.0fns", ns);
	else if (ns < 1e6)
		printf("%.3fus", ns / 1e3);
	else
		printf("%.6fms", ns / 1e6);
}

static void
print_workload(const struct results *results, unsigned repository, unsigned workload)
{
	const struct samples_summary *summary = &results->summaries[repository][workload];

	printf("%s: Avg/AdjAvg: (", workload_infos[workload].title);
	print_duration(summary->mean_ns);
	fputs(", ", stdout);
	print_duration(summary->adjusted_ns);
	printf(") %.1f ns/op\n", results_ns_per_op(results, repository, workload));
}

void
results_print(const struct results *results)
{
	printf("%u thread%s\n\n", results->threads, results->threads > 1 ? "s" : "");
	for (unsigned r = 0; r < REPOSITORIES; r++) {
		bool measured = false;

		for (unsigned w = 0; w < WORKLOADS; w++) {
			if (results->samples[r][w].count == 0)
				continue;
			if (!measured)
				printf("%s\n", repositories[r]->title);
			measured = true;
			print_workload(results, r, w);
		}
		if (measured)
			putchar('\n');
	}
}

double
results_ns_per_op(const struct results *results, unsigned repository, unsigned workload)
{
	if (results->samples[repository][workload].count == 0)
		return NAN;
	return results->summaries[repository][workload].median_ns
		/ workload_infos[workload].operations;
}

double
results_best(const struct results *results, unsigned workload, bool ordered_map)
{
	double best = NAN;

	for (unsigned r = 1; r < REPOSITORIES; r++)
		if (!ordered_map || repositories[r]->ordered_map)
			best = fmin(best, results_ns_per_op(results, r, workload));
	return best;
}

static void
add_row(const struct results *results,
	struct bench_report *report,
	unsigned workload,
	const char *repository,
	double value,
	double baseline)
{
	char name[96];

	if (isnan(value))
		return;
	snprintf(
		name,
		sizeof(name),
		"%s_%s_%ut",
		workload_infos[workload].name,
		repository,
		results->threads
	);
	bench_report_add(
		report,
		&(struct bench_row){name, "ns_per_op", "ns", value, baseline, baseline / value}
	);
}

void
results_report_over(
	const struct results *results,
	struct bench_report *report,
	unsigned workload,
	const char *other,
	double baseline
)
{
	char name[64];

	if (isnan(baseline))
		return;
	snprintf(name, sizeof(name), "weir_over_%s", other);
	add_row(results, report, workload, name, results_ns_per_op(results, 0, workload), baseline);
}

void
results_report(const struct results *results, struct bench_report *report)
{
	for (unsigned w = 0; w < WORKLOADS; w++) {
		double best = results_best(results, w, false);

		for (unsigned r = 0; r < REPOSITORIES; r++)
			add_row(results,
				report,
				w,
				repositories[r]->name,
				results_ns_per_op(results, r, w),
				best);
		results_report_over(
			results, report, w, "ordered_maps", results_best(results, w, true)
		);
	}
}
