// SPDX-License-Identifier: BSD-3-Clause

#include "options.h"

#include "../../../app/common/standard_streams.h"
#include "workloads.h"

#include <ctype.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { EXIT_WRONG = 2, THREADS_MAX = 64, ROUNDS = 20, ROUNDS_QUICK = 4 };
enum {
	THREADS = 1,
	SLEEP,
	ROUND,
	COMPARE,
	JSON,
	QUICK,
	WORKLOAD,
	REVISION,
	TORRUST,
	PAGES,
	NO_TABLE,
	HELP
};

static const char usage[] =
	"usage: scripts/bench repository [options]\n"
	"\n"
	"Measures torrents and peers in memory, without packets: the four workloads of\n"
	"\"Profiling the Torrust BitTorrent UDP Tracker\", with one thread and with N.\n"
	"\n"
	"  --compare        measure other designs, too: ordered maps with locks, sharded maps,\n"
	"                   rte_hash with several writers\n"
	"  --threads N      number of threads, 1 to 64 (2); more than CPUs are of little use\n"
	"  --sleep NS       busy wait of the thread after each operation (0)\n"
	"  --rounds N       number of rounds (20); a round is 10 samples of 10,000 operations,\n"
	"                   as in the article (add_one_torrent: 50,000 of one), of each\n"
	"                   repository in turn, so that noise affects all alike\n"
	"  --quick          4 rounds\n"
	"  --workload NAME  only add_one, update_one, add_multiple or update_multiple\n"
	"  --torrust        build Torrust's published repositories with cargo and measure them,\n"
	"                   too\n"
	"  --pages SIZE     size of pages: 4k, 2m, or both. As root 2m are reserved meanwhile.\n"
	"                   Default: both if that is possible, else 4k. Names of rows with 2m\n"
	"                   end in _2m\n"
	"  --hugepages      the same as --pages 2m\n"
	"  --json FILE      also write the rows to FILE\n"
	"  --revision TEXT  revision of the sources, for the report\n"
	"  --help           print this help and exit\n"
	"\n"
	"Prints for each workload the mean, and the mean of the samples within 10 % of it (the\n"
	"\"adjusted average\" of the article), of a sample of operations; and nanoseconds per\n"
	"operation of the median sample. In the table, baseline is the best of the others in\n"
	"the same run, and ratio is how many times faster the row is.\n";

static void
wrong(const char *option, const char *value)
{
	fprintf(stderr, "bench_repository: %s: invalid value %s; see --help\n", option, value);
	exit(EXIT_WRONG);
}

static unsigned
read_number(const char *option, const char *text, unsigned min, unsigned max)
{
	char *end;
	unsigned long number = strtoul(text, &end, 10);

	if (!isdigit((unsigned char)text[0]) || *end != '\0' || number < min || number > max)
		wrong(option, text);
	return (unsigned)number;
}

static const char *
read_workload(const char *name)
{
	for (unsigned i = 0; i < WORKLOADS; i++)
		if (strcmp(workload_infos[i].name, name) == 0)
			return name;
	wrong("--workload", name);
	return NULL;
}

static const struct option long_options[] = {
	{"threads", required_argument, NULL, THREADS},
	{"sleep", required_argument, NULL, SLEEP},
	{"rounds", required_argument, NULL, ROUND},
	{"compare", no_argument, NULL, COMPARE},
	{"json", required_argument, NULL, JSON},
	{"quick", no_argument, NULL, QUICK},
	{"workload", required_argument, NULL, WORKLOAD},
	{"revision", required_argument, NULL, REVISION},
	{"torrust", required_argument, NULL, TORRUST}, // path, from scripts/bench
	{"pages", required_argument, NULL, PAGES},
	{"no-table", no_argument, NULL, NO_TABLE}, // from scripts/bench, which makes one
	{"help", no_argument, NULL, HELP},
	{NULL, 0, NULL, 0},
};

static void
read_option(struct options *options, int option, const char *value)
{
	switch (option) {
	case THREADS:
		options->threads = read_number("--threads", value, 1, THREADS_MAX);
		break;
	case SLEEP:
		options->sleep_ns = read_number("--sleep", value, 0, 1000000);
		break;
	case ROUND:
		options->rounds = read_number("--rounds", value, 1, 10000);
		break;
	case COMPARE:
		options->compare = true;
		break;
	case JSON:
		options->json = value;
		break;
	case QUICK:
		options->rounds = ROUNDS_QUICK;
		break;
	case WORKLOAD:
		options->workload = read_workload(value);
		break;
	case REVISION:
		options->revision = value;
		break;
	case TORRUST:
		options->torrust = value;
		break;
	case PAGES:
		if (!bench_pages_parse(value, &options->pages))
			wrong("--pages", value);
		break;
	case NO_TABLE:
		options->no_table = true;
		break;
	case HELP:
		fputs(usage, stdout);
		exit(standard_output_finish("bench_repository", EXIT_SUCCESS));
	default: // getopt has printed the error
		fputs("see --help\n", stderr);
		exit(EXIT_WRONG);
	}
}

struct options
options_read(int argc, char **argv)
{
	struct options options = {
		.threads = 2,
		.rounds = ROUNDS,
		.add_one_samples = 50000,
	};
	int option;

	while ((option = getopt_long(argc, argv, "", long_options, NULL)) != -1)
		read_option(&options, option, optarg);
	if (optind < argc) {
		fprintf(stderr,
			"bench_repository: unexpected argument %s; see --help\n",
			argv[optind]);
		exit(EXIT_WRONG);
	}
	return options;
}
