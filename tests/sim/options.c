// SPDX-License-Identifier: BSD-3-Clause

#include "options.h"

#include "faults.h"

#include <err.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { STATUS_USAGE = 2, LCORES_EACH_MAX = 16, CLIENTS_MAX = 60000, TORRENTS_MAX = 1 << 16 };

static const struct option names[] = {
	{"seed", required_argument, NULL, 's'},
	{"steps", required_argument, NULL, 'n'},
	{"seconds", required_argument, NULL, 't'},
	{"lcores", required_argument, NULL, 'l'},
	{"clients", required_argument, NULL, 'c'},
	{"torrents", required_argument, NULL, 'h'},
	{"rate", required_argument, NULL, 'r'},
	{"careful", required_argument, NULL, 'a'},
	{"only", required_argument, NULL, 'o'},
	{"without", required_argument, NULL, 'w'},
	{"often", required_argument, NULL, 'm'},
	{"for", required_argument, NULL, 'f'},
	{"shrink", no_argument, NULL, 'k'},
	{"quiet", no_argument, NULL, 'q'},
	{"help", no_argument, NULL, 'x'},
	{0},
};

static const char usage[] =
	"usage: weir_sim [OPTION…]\n"
	"\n"
	"Simulates Weir: io lcores, workers and the control thread take turns in one thread, with "
	"virtual\n"
	"time, a port of memory, clients and faults. The seed decides everything. Ends with status "
	"1 where\n"
	"Weir does what a tracker must not do.\n"
	"\n"
	"  --seed N         which run (1)\n"
	"  --steps N        its length in steps, which are turns of an lcore or waits (1000000); "
	"0: no end\n"
	"  --seconds N      its length in virtual seconds, at most; 0: no end\n"
	"  --lcores I+W     io lcores and workers, 1 to 16 each; or N lcores with both roles\n"
	"  --clients N      1 to 60000\n"
	"  --torrents N     1 to 65536\n"
	"  --rate N         requests a virtual second\n"
	"  --careful N      each client acts N times and asks until it gets a reply; then the run "
	"ends. The\n"
	"                   same swarms must come of it whatever the lcores and faults are\n"
	"  --only A,B       only these kinds of faults; none: no faults\n"
	"  --without A,B    all but these\n"
	"  --often N        TIMED faults strike N times as often, 1 to 1000\n"
	"  --for SECONDS    runs one seed after another for this time, each in a process\n"
	"  --shrink         looks for the shortest run, and the fewest kinds of faults, that fail\n"
	"  --quiet          says nothing but the result\n"
	"\n"
	"Faults:\n";

static void
help(void)
{
	fputs(usage, stdout);
	for (enum fault f = 0; f < FAULT_COUNT; f++)
		printf("  %-14s %s\n", fault_infos[f].name, fault_infos[f].help);
	exit(EXIT_SUCCESS);
}

static uint64_t
number(const char *name, const char *text, uint64_t low, uint64_t high)
{
	char *end;
	uint64_t value = strtoull(text, &end, 10);

	if (*text < '0' || *text > '9' || *end != '\0' || value < low || value > high)
		errx(STATUS_USAGE,
		     "--%s %s: a number from %" PRIu64 " to %" PRIu64 " is needed",
		     name,
		     text,
		     low,
		     high);
	return value;
}

static void
read_lcores(struct options *options, const char *text)
{
	char first[16];
	const char *plus = strchr(text, '+');

	snprintf(first, sizeof(first), "%.*s", plus == NULL ? 15 : (int)(plus - text), text);
	options->ios = (unsigned)number("lcores", first, 1, LCORES_EACH_MAX);
	options->shared = plus == NULL;
	options->workers = options->shared
		? options->ios
		: (unsigned)number("lcores", plus + 1, 1, LCORES_EACH_MAX);
}

static uint64_t
read_faults(const char *option, const char *text)
{
	char copy[512], *rest = NULL;
	uint64_t bits = 0;

	snprintf(copy, sizeof(copy), "%s", text);
	for (char *word = strtok_r(copy, ",", &rest); word != NULL;
	     word = strtok_r(NULL, ",", &rest)) {
		enum fault fault = fault_of_name(word);

		if (strcmp(word, "none") == 0)
			continue;
		if (fault == FAULT_COUNT)
			errx(STATUS_USAGE, "--%s: there is no fault %s; see --help", option, word);
		bits |= UINT64_C(1) << fault;
	}
	return bits;
}

static void
take(struct options *options, int option, const char *text)
{
	switch (option) {
	case 's':
		options->seed = number("seed", text, 0, UINT64_MAX);
		break;
	case 'n':
		options->steps = number("steps", text, 0, UINT64_MAX);
		break;
	case 't':
		options->seconds = number("seconds", text, 0, UINT32_MAX);
		break;
	case 'l':
		read_lcores(options, text);
		break;
	case 'c':
		options->clients = (uint32_t)number("clients", text, 1, CLIENTS_MAX);
		break;
	case 'h':
		options->torrents = (uint32_t)number("torrents", text, 1, TORRENTS_MAX);
		break;
	case 'r':
		options->rate = (uint32_t)number("rate", text, 1, 10000000);
		break;
	case 'a':
		options->acts = (uint32_t)number("careful", text, 1, UINT32_MAX);
		break;
	case 'o':
		options->faults = read_faults("only", text);
		break;
	case 'w':
		options->faults &= ~read_faults("without", text);
		break;
	case 'm':
		options->often = (unsigned)number("often", text, 1, 1000);
		break;
	case 'f':
		options->for_s = (unsigned)number("for", text, 1, 1000000);
		break;
	case 'k':
		options->shrink = true;
		break;
	case 'q':
		options->quiet = true;
		break;
	default:
		break;
	}
}

void
options_read(struct options *options, int count, char **words)
{
	int option;

	*options = (struct options
	){.seed = 1, .steps = 1000000, .often = 1, .faults = (UINT64_C(1) << FAULT_COUNT) - 1};
	while ((option = getopt_long(count, words, "", names, NULL)) != -1) {
		if (option == '?')
			exit(STATUS_USAGE); // getopt has said why
		if (option == 'x')
			help();
		take(options, option, optarg);
	}
	if (optind < count)
		errx(STATUS_USAGE, "unexpected argument %s; see --help", words[optind]);
}

// --- printing -----------------------------------------------------------------------------------

__attribute__((format(printf, 3, 4))) static void
add(char *text, unsigned size, const char *format, ...)
{
	size_t len = strlen(text);
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(text + len, size - len, format, arguments);
	va_end(arguments);
}

static void
add_faults(uint64_t faults, char *text, unsigned size)
{
	unsigned on = (unsigned)__builtin_popcountll(faults);
	bool only = on < FAULT_COUNT / 2;
	const char *separator = only ? " --only " : " --without ";

	if (on == FAULT_COUNT)
		return;
	if (on == 0)
		add(text, size, " --only none");
	for (enum fault f = 0; f < FAULT_COUNT && on > 0; f++) {
		if ((faults >> f & 1) != only)
			continue;
		add(text, size, "%s%s", separator, fault_infos[f].name);
		separator = ",";
	}
}

void
options_print(const struct options *options, char *text, unsigned size)
{
	*text = '\0';
	add(text, size, "--seed %" PRIu64 " --steps %" PRIu64, options->seed, options->steps);
	if (options->seconds != 0)
		add(text, size, " --seconds %" PRIu64, options->seconds);
	if (options->ios != 0)
		add(text, size, " --lcores %u", options->ios);
	if (options->ios != 0 && !options->shared)
		add(text, size, "+%u", options->workers);
	if (options->clients != 0)
		add(text, size, " --clients %u", options->clients);
	if (options->torrents != 0)
		add(text, size, " --torrents %u", options->torrents);
	if (options->rate != 0)
		add(text, size, " --rate %u", options->rate);
	if (options->acts != 0)
		add(text, size, " --careful %u", options->acts);
	if (options->often != 1)
		add(text, size, " --often %u", options->often);
	add_faults(options->faults, text, size);
}
