// SPDX-License-Identifier: BSD-3-Clause
// bench_repository: speed of updates of torrents and peers, without packets.

#include "../../../app/common/standard_streams.h"
#include "../support/crew.h"
#include "../support/eal.h"
#include "../support/progress.h"
#include "options.h"
#include "results.h"
#include "torrust.h"

#include <malloc.h>
#include <stdlib.h>
#include <string.h>

enum { MEMORY_MEGABYTES = 512, PASSES = 2 };

// Freed memory is kept for the next sample: repositories with locks use malloc, and should not be
// slowed down by page faults.
static void
keep_freed_memory(void)
{
	mallopt(M_TRIM_THRESHOLD, 1 << 30);
	mallopt(M_MMAP_THRESHOLD, 1 << 30);
	mallopt(M_TOP_PAD, 64 << 20);
}

static void
measure_round(
	const struct options *options,
	struct crew *crew,
	unsigned repository,
	struct results *results
)
{
	for (unsigned w = 0; w < WORKLOADS; w++) {
		if (options->workload != NULL
		    && strcmp(options->workload, workload_infos[w].name) != 0)
			continue;
		workload_run(
			w,
			repositories[repository],
			crew,
			results->threads,
			options->sleep_ns,
			w == ADD_ONE ? options->add_one_samples : PARALLEL_SAMPLES,
			&results->samples[repository][w]
		);
	}
}

static void
measure(const struct options *options, struct results *results)
{
	unsigned count = options->compare ? REPOSITORIES : 1;
	struct crew *crew = crew_create(results->threads);
	struct progress progress;
	char what[32];

	snprintf(
		what, sizeof(what), "%u thread%s", results->threads, results->threads > 1 ? "s" : ""
	);
	progress_start(&progress, what, options->rounds * count);
	for (unsigned i = 0; i < options->rounds * count; i++) {
		progress_step(&progress, i, repositories[i % count]->name);
		measure_round(options, crew, i % count, results);
	}
	progress_end(&progress);
	crew_free(crew);
	results_summarise(results);
}

int
main(int argc, char **argv)
{
	standard_streams_guard();
	struct options options = options_read(argc, argv);
	unsigned passes = options.threads == 1 ? 1 : PASSES;
	struct results results[PASSES] = {{.threads = 1}, {.threads = options.threads}};
	struct bench_report *report;
	int status = 0;

	keep_freed_memory();
	enum bench_pages pages = bench_eal_init(MEMORY_MEGABYTES, options.pages);

	report = bench_report_create(options.revision);
	bench_report_set_pages(report, pages);
	for (unsigned i = 0; i < passes; i++) {
		measure(&options, &results[i]);
		results_print(&results[i]);
		results_report(&results[i], report);
		if (options.torrust != NULL)
			status |= torrust_measure(&options, &results[i], report);
		results_free(&results[i]);
	}
	if (!options.no_table)
		bench_report_print(report, stdout);
	if (options.json != NULL)
		status |= bench_report_write(report, options.json);
	bench_report_free(report);
	return standard_output_finish(
		"bench_repository", status == 0 ? EXIT_SUCCESS : EXIT_FAILURE
	);
}
