// SPDX-License-Identifier: BSD-3-Clause
// bench_control: what each check of an operator's lists and limits costs, how fast lists and snapshots are
// loaded.

#include "../../../app/common/standard_streams.h"
#include "../support/machine.h"
#include "../support/progress.h"
#include "../support/report.h"
#include "budget.h"
#include "lists.h"
#include "snapshot.h"
#include "tables.h"

#include <rte_common.h>

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ROUNDS = 15, ROUNDS_QUICK = 5, SIZE_MAX_BYTES = 16 };

static const char usage[] =
	"usage: scripts/bench control [options]\n"
	"\n"
	"Measures what lists, limits and snapshots cost, in CPU time of one thread:\n"
	"  info_hashes_*  asking the access list about a torrent that is in it or not; workers "
	"ask\n"
	"                 only about torrents that they do not have\n"
	"  networks_*     asking whether packets of an address are dropped, for each packet\n"
	"  client_list_*  asking whether a peer id is served, for each announce\n"
	"  auth_keys_*    finding the key in the options of an announce and asking whether it is\n"
	"                 good, for each announce\n"
	"  budget_*       charging a request to the budget of its source, one after the other, of\n"
	"                 many sources, in bursts as an io lcore does; refusing one that is over "
	"it\n"
	"  access_*       reading a list of info_hashes: parsing lines, adding entries to a new\n"
	"                 set, and both; the baseline finds the ends of lines and does no more\n"
	"  sources_*      reading a list of networks and making ranges of them\n"
	"  snapshot_*     saving the peers of a worker into memory, and loading them into a new "
	"one\n"
	"\n"
	"The baseline of a lookup is one read of a random cache line in memory of the size of the\n"
	"table. Lookups and reads wait for the one before, so they cannot hide behind one "
	"another.\n"
	"\n"
	"  --quick          fewer rounds: less than 40 seconds in all\n"
	"  --most COUNT     lists have at most COUNT entries\n"
	"  --json FILE      also write the rows to FILE\n"
	"  --only TEXT      only measurements with TEXT in their name (access_load: access)\n"
	"  --revision TEXT  revision of the sources, for the report\n"
	"  --help           print this help and exit\n";

struct measurement {
	const char *name; // what its rows start with
	table_measure_fn *function;
	uint32_t entries;
};

// One row for each size; a check or a rate that is to be measured is added here.
static const struct measurement measurements[] = {
	{"info_hashes", info_hashes_measure, 1000000},
	{"info_hashes", info_hashes_measure, 5000000},
	{"networks", networks_measure, 1000000},
	{"client_list", client_list_measure, 100},
	{"auth_keys", auth_keys_measure, 100000},
	{"budget", budget_measure, 100000},
	{"access", lists_measure_access, 5000000},
	{"sources", lists_measure_sources, 1000000},
	{"snapshot", snapshot_measure, 5000000},
};

struct options {
	bool quick;
	uint32_t most;
	const char *json;
	const char *only;
	const char *revision;
};

static uint32_t
parse_most(const char *text)
{
	char *end;
	unsigned long most = strtoul(text, &end, 10);

	if (*text < '0' || *text > '9' || *end != '\0' || most == 0 || most > UINT32_MAX) {
		fprintf(stderr, "bench_control: --most %s must be a number above 0\n", text);
		exit(2);
	}
	return (uint32_t)most;
}

static struct options
parse_options(int argc, char **argv)
{
	static const struct option table[] = {
		{"quick", no_argument, NULL, 'q'},
		{"most", required_argument, NULL, 'm'},
		{"json", required_argument, NULL, 'j'},
		{"only", required_argument, NULL, 'o'},
		{"revision", required_argument, NULL, 'r'},
		{"help", no_argument, NULL, 'h'},
		{NULL, 0, NULL, 0},
	};
	struct options options = {.only = "", .most = UINT32_MAX};
	int option;

	while ((option = getopt_long(argc, argv, "h", table, NULL)) != -1) {
		switch (option) {
		case 'q':
			options.quick = true;
			break;
		case 'm':
			options.most = parse_most(optarg);
			break;
		case 'j':
			options.json = optarg;
			break;
		case 'o':
			options.only = optarg;
			break;
		case 'r':
			options.revision = optarg;
			break;
		case 'h':
			fputs(usage, stdout);
			exit(standard_output_finish("bench_control", EXIT_SUCCESS));
		default:
			exit(2);
		}
	}
	if (optind < argc) {
		fprintf(stderr, "bench_control: unexpected argument %s; see --help\n", argv[optind]
		);
		exit(2);
	}
	return options;
}

// Such as 5m, 100k, 100.
static void
print_size(char size[SIZE_MAX_BYTES], uint32_t entries)
{
	if (entries % 1000000 == 0)
		snprintf(size, SIZE_MAX_BYTES, "%um", entries / 1000000);
	else if (entries % 1000 == 0)
		snprintf(size, SIZE_MAX_BYTES, "%uk", entries / 1000);
	else
		snprintf(size, SIZE_MAX_BYTES, "%u", entries);
}

static void
measure(const struct options *options, struct bench_report *report)
{
	unsigned rounds = options->quick ? ROUNDS_QUICK : ROUNDS;
	struct progress progress;
	char size[SIZE_MAX_BYTES];

	progress_start(&progress, "control", RTE_DIM(measurements));
	for (unsigned i = 0; i < RTE_DIM(measurements); i++) {
		const struct measurement *measurement = &measurements[i];
		uint32_t entries = RTE_MIN(measurement->entries, options->most);

		progress_step(&progress, i, measurement->name);
		if (strstr(measurement->name, options->only) == NULL)
			continue;
		print_size(size, entries);
		measurement->function(size, entries, rounds, report);
	}
	progress_end(&progress);
}

int
main(int argc, char **argv)
{
	standard_streams_guard();
	struct options options = parse_options(argc, argv);
	struct bench_report *report = bench_report_create(options.revision);

	measure(&options, report);
	bench_report_print(report, stdout);
	int status = options.json == NULL ? 0 : bench_report_write(report, options.json);

	bench_report_free(report);
	return standard_output_finish("bench_control", status == 0 ? EXIT_SUCCESS : EXIT_FAILURE);
}
