// SPDX-License-Identifier: BSD-3-Clause

#include "torrust.h"

#include "../support/machine.h"
#include "../support/progress.h"
#include "memory.h"

#include <rte_common.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

// How operations are executed.
enum way {
	TASKS, // a tokio task for each, as in Torrust's benchmark
	BARE, // a loop on each thread: only the repository
	WAYS
};

enum { LINES = 10 * 7 }; // repositories, times figures of each

static const char *const way_names[WAYS] = {[TASKS] = "tasks", [BARE] = "bare"};
static const char *const way_rows[WAYS] = {[TASKS] = "torrust_best", [BARE] = "torrust_bare_best"};

// The helper program.
struct helper {
	pid_t pid;
	FILE *output;
};

static int
start(struct helper *helper, const char *path, unsigned threads, unsigned rounds)
{
	char thread_text[16], round_text[16];
	int ends[2];

	snprintf(thread_text, sizeof(thread_text), "%u", threads);
	snprintf(round_text, sizeof(round_text), "%u", rounds);
	if (pipe(ends) != 0)
		return -1;
	helper->pid = fork();
	if (helper->pid == 0) {
		machine_unpin(); // undo the pinning inherited from the main lcore
		dup2(ends[1], STDOUT_FILENO);
		close(ends[0]);
		close(ends[1]);
		execl(path, path, thread_text, round_text, (char *)NULL);
		_exit(127);
	}
	close(ends[1]);
	helper->output = fdopen(ends[0], "r");
	return helper->pid < 0 || helper->output == NULL ? -1 : 0;
}

static int
finish(struct helper *helper)
{
	int status;

	fclose(helper->output);
	if (waitpid(helper->pid, &status, 0) < 0 || !WIFEXITED(status))
		return -1;
	return WEXITSTATUS(status) == 0 ? 0 : -1;
}

static int
number_of(const char *const *names, unsigned count, const char *name)
{
	for (unsigned i = 0; i < count; i++)
		if (strcmp(names[i], name) == 0)
			return (int)i;
	return -1;
}

// Parses a line of the helper, "update_one tasks RwLockStd 812.5", and prints it to `out`.
static void
read_line(const char *line, double best[WAYS][WORKLOADS], FILE *out)
{
	const char *names[WORKLOADS];
	char workload[32], way[16], repository[64];
	double ns;

	for (unsigned i = 0; i < WORKLOADS; i++)
		names[i] = workload_infos[i].name;
	if (sscanf(line, "%31s %15s %63s %lf", workload, way, repository, &ns) != 4)
		return;
	int w = number_of(names, WORKLOADS, workload);
	int v = number_of(way_names, WAYS, way);

	if (w < 0 || v < 0)
		return;
	best[v][w] = fmin(best[v][w], ns);
	fprintf(out, "  %-16s %-6s %-24s %9.1f ns/op\n", workload, way, repository, ns);
}

static void
report_way(
	const struct results *results,
	struct bench_report *report,
	const double best[WORKLOADS],
	const char *row
)
{
	for (unsigned w = 0; w < WORKLOADS; w++) {
		double baseline = results_best(results, w, false);
		char name[96];

		if (isnan(best[w]))
			continue;
		snprintf(
			name,
			sizeof(name),
			"%s_%s_%ut",
			workload_infos[w].name,
			row,
			results->threads
		);
		bench_report_add(
			report,
			&(struct bench_row){
				name, "ns_per_op", "ns", best[w], baseline, baseline / best[w]}
		);
		results_report_over(results, report, w, row, best[w]);
	}
}

// Reads the figures of the helper, shows progress, prints them.
static void
read_figures(struct helper *helper, unsigned threads, double best[WAYS][WORKLOADS])
{
	struct progress progress;
	char line[256];
	char *text = NULL;
	size_t size;
	FILE *out = memory_checked(open_memstream(&text, &size));

	progress_start(&progress, "Torrust's", LINES);
	for (unsigned i = 0; fgets(line, sizeof(line), helper->output) != NULL; i++) {
		read_line(line, best, out);
		line[strcspn(line, "\n")] = '\0';
		progress_step(&progress, RTE_MIN(i + 1, (unsigned)LINES), line);
	}
	progress_end(&progress);
	fclose(out);
	printf("Torrust's repositories, %u thread%s\n\n%s\n", threads, threads > 1 ? "s" : "", text
	);
	free(text);
}

int
torrust_measure(
	const struct options *options,
	const struct results *results,
	struct bench_report *report
)
{
	double best[WAYS][WORKLOADS];
	struct helper helper;

	for (unsigned i = 0; i < WAYS * WORKLOADS; i++)
		best[i / WORKLOADS][i % WORKLOADS] = NAN;
	if (start(&helper, options->torrust, results->threads, options->rounds) != 0) {
		fprintf(stderr, "bench_repository: cannot start %s\n", options->torrust);
		return -1;
	}
	read_figures(&helper, results->threads, best);
	if (finish(&helper) != 0) {
		fprintf(stderr, "bench_repository: %s failed\n", options->torrust);
		return -1;
	}
	for (unsigned i = 0; i < WAYS; i++)
		report_way(results, report, best[i], way_rows[i]);
	return 0;
}
