// SPDX-License-Identifier: BSD-3-Clause
// bench_swarm: announces per second of one worker, memory of a peer, longest turn.

#include "../../../app/common/standard_streams.h"
#include "../support/eal.h"
#include "../support/progress.h"
#include "../support/report.h"
#include "announce.h"
#include "expiry.h"
#include "memory.h"

#include <rte_common.h>

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	MEMORY_MIB = 4500, // the largest store: 4 M torrents, 8 M peers with detail
	ROUNDS = 15,
	ROUNDS_QUICK = 5,
};

static const char usage[] =
	"usage: scripts/bench swarm [options]\n"
	"\n"
	"Measures the store of one worker:\n"
	"  announce_*       announces per second, compared with rte_hash bulk lookups of the same\n"
	"                   keys in the same table: 10 k, 1 M and 4 M torrents with two peers\n"
	"                   each on average, uniform or by popularity, with and without the\n"
	"                   detail of each peer; of 1 M also with peers of IPv6\n"
	"  bytes_per_peer_* memory of a peer, with 10 M peers in 2 M torrents\n"
	"  longest_turn_us  the longest turn while 10 M peers expire at once\n"
	"\n"
	"  --quick          fewer rounds: less than 50 seconds for a size of pages\n"
	"  --pages SIZE     size of pages: 4k, 2m, or both. As root 2m are reserved meanwhile.\n"
	"                   Default: both if that is possible, else 4k. Names of rows with 2m\n"
	"                   end in _2m\n"
	"  --hugepages      the same as --pages 2m\n"
	"  --json FILE      also write the rows to FILE\n"
	"  --only TEXT      only rows with TEXT in their name\n"
	"  --revision TEXT  revision of the sources, for the report\n"
	"  --help           print this help and exit\n";

static const struct announce_case cases[] = {
	{"announce_10k_uniform_plain", 10000, LOAD_UNIFORM, FAMILY_IPV4, false},
	{"announce_10k_uniform_detail", 10000, LOAD_UNIFORM, FAMILY_IPV4, true},
	{"announce_10k_popular_plain", 10000, LOAD_POPULAR, FAMILY_IPV4, false},
	{"announce_10k_popular_detail", 10000, LOAD_POPULAR, FAMILY_IPV4, true},
	{"announce_1m_uniform_plain", 1000000, LOAD_UNIFORM, FAMILY_IPV4, false},
	{"announce_1m_uniform_detail", 1000000, LOAD_UNIFORM, FAMILY_IPV4, true},
	{"announce_1m_popular_plain", 1000000, LOAD_POPULAR, FAMILY_IPV4, false},
	{"announce_1m_popular_detail", 1000000, LOAD_POPULAR, FAMILY_IPV4, true},
	{"announce_1m_popular_ipv6_plain", 1000000, LOAD_POPULAR, FAMILY_IPV6, false},
	{"announce_1m_popular_ipv6_detail", 1000000, LOAD_POPULAR, FAMILY_IPV6, true},
	{"announce_4m_uniform_plain", 4000000, LOAD_UNIFORM, FAMILY_IPV4, false},
	{"announce_4m_uniform_detail", 4000000, LOAD_UNIFORM, FAMILY_IPV4, true},
	{"announce_4m_popular_plain", 4000000, LOAD_POPULAR, FAMILY_IPV4, false},
	{"announce_4m_popular_detail", 4000000, LOAD_POPULAR, FAMILY_IPV4, true},
};

struct options {
	bool quick;
	bool no_table;
	enum bench_pages pages;
	const char *json;
	const char *only;
	const char *revision;
};

static struct options
parse_options(int argc, char **argv)
{
	static const struct option table[] = {
		{"quick", no_argument, NULL, 'q'},
		{"pages", required_argument, NULL, 'p'},
		{"no-table", no_argument, NULL, 't'}, // from scripts/bench, which makes one
		{"json", required_argument, NULL, 'j'},
		{"only", required_argument, NULL, 'o'},
		{"revision", required_argument, NULL, 'r'},
		{"help", no_argument, NULL, 'h'},
		{NULL, 0, NULL, 0},
	};
	struct options options = {.only = ""};
	int option;

	while ((option = getopt_long(argc, argv, "h", table, NULL)) != -1) {
		switch (option) {
		case 'q':
			options.quick = true;
			break;
		case 'p':
			if (!bench_pages_parse(optarg, &options.pages)) {
				fprintf(stderr, "bench_swarm: --pages %s; see --help\n", optarg);
				exit(2);
			}
			break;
		case 't':
			options.no_table = true;
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
			exit(standard_output_finish("bench_swarm", EXIT_SUCCESS));
		default:
			exit(2);
		}
	}
	if (optind < argc) {
		fprintf(stderr, "bench_swarm: unexpected argument %s; see --help\n", argv[optind]);
		exit(2);
	}
	return options;
}

static bool
wanted(const struct options *options, const char *name)
{
	return strstr(name, options->only) != NULL;
}

static void
measure(const struct options *options, struct bench_report *report)
{
	unsigned rounds = options->quick ? ROUNDS_QUICK : ROUNDS;
	struct progress progress;

	progress_start(&progress, "swarm", RTE_DIM(cases) + 1);
	for (unsigned i = 0; i < RTE_DIM(cases); i++) {
		progress_step(&progress, i, cases[i].name);
		if (wanted(options, cases[i].name))
			announce_measure(&cases[i], rounds, report);
	}
	progress_step(&progress, RTE_DIM(cases), "longest_turn_us");
	if (wanted(options, "longest_turn_us"))
		expiry_measure(report);
	progress_end(&progress);
	if (wanted(options, "bytes_per_peer_"))
		memory_measure(report);
}

int
main(int argc, char **argv)
{
	standard_streams_guard();
	struct options options = parse_options(argc, argv);

	enum bench_pages pages = bench_eal_init(MEMORY_MIB, options.pages);
	struct bench_report *report = bench_report_create(options.revision);

	bench_report_set_pages(report, pages);
	measure(&options, report);
	if (!options.no_table)
		bench_report_print(report, stdout);
	int status = options.json == NULL ? 0 : bench_report_write(report, options.json);

	bench_report_free(report);
	return standard_output_finish("bench_swarm", status == 0 ? EXIT_SUCCESS : EXIT_FAILURE);
}
