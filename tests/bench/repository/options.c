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
enum { THREADS = 1, SLEEP, ROUND, COMPARE, JSON, QUICK, WORKLOAD, REVISION, TORRUST, HELP };

static const char usage[] =
	"usage: scripts/bench repository [options]\n"
	"\n"
	"Torrents and peers in memory, without packets: the four workloads of \"Profiling the "
	"Torrust\n"
	"BitTorrent UDP Tracker\", at one thread and at N.\n"
	"\n"
	"  --compare        other ways to build it as well: locks around ordered maps, sharded "
	"maps,\n"
	"                   rte_hash with several writers\n"
	"  --threads N      1 to 64; 2 without it; more than CPUs is possible, not useful\n"
	"  --sleep NS       a thread is busy that long for each operation besides\n"
	"  --rounds N       20 without it; a round is the article's 10 samples of 10,000 "
	"operations\n"
	"                   (add_one_torrent: 50,000 of one) of everything in turn, so that "
	"whatever\n"
	"                   else the machine does disturbs all alike\n"
	"  --quick          4 rounds\n"
	"  --workload NAME  one alone: add_one, update_one, add_multiple, update_multiple\n"
	"  --torrust        builds Torrust's published repositories with cargo and runs the "
	"same\n"
	"                   workloads on them\n"
	"  --json FILE      writes the rows there as well\n"
	"  --revision TEXT  of the sources, for the record\n"
	"  --help           this text\n"
	"\n"
	"For each workload: mean, and mean of the samples within 10 % of it (the article's "
	"\"adjusted\n"
	"average\"), of all operations of a sample together; and nanoseconds per operation, from "
	"the\n"
	"median sample. In the table, baseline is the best of the others in the same run, ratio "
	"how\n"
	"many times faster.\n";

static void
wrong(const char *option, const char *value)
{
	fprintf(stderr, "bench_repository: %s: %s is no use; see --help\n", option, value);
	exit(EXIT_WRONG);
}

static unsigned
read_number(const char *option, const char *text, unsigned least, unsigned most)
{
	char *end;
	unsigned long number = strtoul(text, &end, 10);

	if (!isdigit((unsigned char)text[0]) || *end != '\0' || number < least || number > most)
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
	{"torrust", required_argument, NULL, TORRUST}, // scripts/bench says where it is
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
	case HELP:
		fputs(usage, stdout);
		exit(standard_output_finish("bench_repository", EXIT_SUCCESS));
	default: // getopt has said what is wrong
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
	if (optind < argc)
		wrong("argument", argv[optind]);
	return options;
}
