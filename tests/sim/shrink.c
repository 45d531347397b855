// SPDX-License-Identifier: BSD-3-Clause

#include "shrink.h"

#include "faults.h"

#include <err.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { WORDS = 1024, SAID = 8192, TIMES_LONGER = 4 };

// How a run ended.
struct outcome {
	bool failed;
	uint64_t step; // at which
	char said[SAID];
};

static double
now_s(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void
play(const struct options *options, struct outcome *outcome)
{
	char words[WORDS], command[WORDS + 64];
	size_t len = 0, got;

	options_print(options, words, sizeof(words));
	snprintf(command, sizeof(command), "exec /proc/%d/exe %s 2>&1", (int)getpid(), words);
	FILE *out = popen(command, "r");

	if (out == NULL)
		err(EXIT_FAILURE, "popen");
	while ((got = fread(outcome->said + len, 1, SAID - 1 - len, out)) > 0)
		len += got;
	outcome->said[len] = '\0';
	int status = pclose(out);

	outcome->failed = !WIFEXITED(status) || WEXITSTATUS(status) != 0;
	const char *at = strstr(outcome->said, "step ");

	outcome->step = outcome->failed && at != NULL ? strtoull(at + 5, NULL, 10) : options->steps;
}

// Keeps a change if the run still fails.
static bool
try(struct options *best, struct outcome *last, struct options next, const char *what)
{
	struct outcome outcome;

	play(&next, &outcome);
	printf("%-28s %s\n", what, outcome.failed ? "fails, too" : "does not fail");
	fflush(stdout);
	if (!outcome.failed)
		return false;
	*best = next;
	*last = outcome;
	return true;
}

static void
drop_faults(struct options *best, struct outcome *last)
{
	for (enum fault f = 0; f < FAULT_COUNT; f++) {
		struct options next = *best;
		char what[64];

		if (!(best->faults >> f & 1))
			continue;
		next.faults &= ~(UINT64_C(1) << f);
		next.steps = TIMES_LONGER * (last->step + 1);
		snprintf(what, sizeof(what), "without %s", fault_infos[f].name);
		try(best, last, next, what);
	}
}

// Fewer of something, as long as that fails.
static void
lower(struct options *best,
      struct outcome *last,
      uint32_t *field,
      const uint32_t *values,
      const char *name)
{
	uint32_t before = *field;
	char what[64];

	for (; *values != 0; values++) {
		if (before != 0 && *values >= before)
			continue;
		*field = *values;
		struct options next = *best;

		*field = before;
		next.steps = TIMES_LONGER * (last->step + 1);
		snprintf(what, sizeof(what), "%s %u", name, *values);
		if (try(best, last, next, what))
			return;
	}
}

int
shrink(const struct options *options)
{
	static const uint32_t clients[] = {1, 3, 20, 300, 0}, torrents[] = {1, 3, 30, 0};
	static const unsigned lcores[][2] = {{1, 1}, {1, 2}, {2, 1}, {2, 2}};
	struct options best = *options;
	struct outcome last;
	char words[WORDS];

	best.shrink = false;
	play(&best, &last);
	if (!last.failed) {
		printf("the run does not fail\n%s", last.said);
		return EXIT_SUCCESS;
	}
	drop_faults(&best, &last);
	for (unsigned i = 0; i < sizeof(lcores) / sizeof(*lcores); i++) {
		struct options next = best;

		next.ios = lcores[i][0];
		next.workers = lcores[i][1];
		next.shared = false;
		next.steps = TIMES_LONGER * (last.step + 1);
		if (try(&best, &last, next, "fewer lcores"))
			break;
	}
	lower(&best, &last, &best.clients, clients, "clients");
	lower(&best, &last, &best.torrents, torrents, "torrents");
	drop_faults(&best, &last);
	best.steps = last.step + 1;
	options_print(&best, words, sizeof(words));
	printf("shortest: weir_sim %s\n%s", words, last.said);
	return EXIT_FAILURE;
}

int
shrink_run_seeds(const struct options *options)
{
	struct options next = *options;
	struct outcome outcome;
	double end_s = now_s() + options->for_s;
	unsigned runs = 0, failures = 0;

	next.for_s = 0;
	for (; now_s() < end_s; next.seed++, runs++) {
		play(&next, &outcome);
		failures += outcome.failed;
		if (outcome.failed)
			printf("seed %" PRIu64 " failed\n%s", next.seed, outcome.said);
		else if (!options->quiet)
			fputs(outcome.said, stdout);
		fflush(stdout);
	}
	printf("%u seeds, %u failed\n", runs, failures);
	return failures > 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}
