// SPDX-License-Identifier: BSD-3-Clause
// The table as data, getopt over it, and what the options mean together.

#include "options.h"

#include "option_value.h"

#include <rte_common.h>

#include <getopt.h>
#include <stddef.h>
#include <string.h>

static const struct option_row rows[] = {
#define GROUP(title) {.help = title},
#define OPTION(type, field, name, argument, standard, min, max, help)                              \
	{name,                                                                                     \
	 option_read_##type,                                                                       \
	 argument,                                                                                 \
	 standard,                                                                                 \
	 min,                                                                                      \
	 max,                                                                                      \
	 help,                                                                                     \
	 offsetof(struct options, field)},
#include "options.def"
};

enum { FIRST_LONG = 256 }; // what getopt returns for row 0

__attribute__((format(printf, 2, 3))) static void
complain(FILE *errors, const char *format, ...)
{
	va_list values;

	va_start(values, format);
	fputs("weir-load: ", errors);
	vfprintf(errors, format, values);
	fputc('\n', errors);
	va_end(values);
}

static bool
read_value(struct options *options, const struct option_row *row, const char *text, FILE *errors)
{
	char why[160];

	if (row->read(row, text, (uint8_t *)options + row->offset, why, sizeof(why)))
		return true;
	complain(errors, "--%s %s: %s", row->name, text, why);
	return false;
}

static void
fill_in_defaults(struct options *options)
{
	*options = (struct options){0};
	for (unsigned i = 0; i < RTE_DIM(rows); i++)
		if (rows[i].name != NULL && *rows[i].standard != '\0')
			read_value(options, &rows[i], rows[i].standard, stderr);
}

static void
make_long_options(struct option *out)
{
	for (unsigned i = 0; i < RTE_DIM(rows); i++) {
		if (rows[i].name == NULL)
			continue;
		out->name = rows[i].name;
		out->has_arg = *rows[i].argument == '\0' ? no_argument : required_argument;
		out->flag = NULL;
		out->val = FIRST_LONG + (int)i;
		out++;
	}
	*out = (struct option){0};
}

static bool
read_words(struct options *options, int argc, char **argv, FILE *errors)
{
	struct option long_options[RTE_DIM(rows) + 1];
	bool ok = true;
	int option;

	make_long_options(long_options);
	optind = 0; // a fresh start: tests parse more than once
	opterr = 0;
	while ((option = getopt_long(argc, argv, "+:h", long_options, NULL)) != -1) {
		if (option >= FIRST_LONG) {
			const struct option_row *row = &rows[option - FIRST_LONG];

			ok &= read_value(options, row, optarg, errors);
		} else if (option == 'h') {
			options->help = true;
		} else {
			complain(
				errors,
				"%s %s; see weir-load --help",
				argv[optind - 1],
				option == ':' ? "wants an argument" : "is no option"
			);
			ok = false;
		}
	}
	if (optind < argc && strcmp(argv[optind - 1], "--") != 0) {
		complain(errors, "EAL arguments go behind --; what is %s?", argv[optind]);
		ok = false;
	}
	options->eal_argument_count = argc - optind;
	options->eal_arguments = argv + optind;
	return ok;
}

// Client addresses: all of an IPv4 network but its first and last, all /64 of an IPv6 one.
static uint64_t
clients_max(const struct options *options, bool ipv6)
{
	if (ipv6)
		return options->client_net6.bits <= 32
			? UINT32_MAX
			: UINT64_C(1) << (64 - options->client_net6.bits);
	return (UINT64_C(1) << (32 - options->client_net.bits)) - 2;
}

static bool
is_client_ipv4(const struct options *options, rte_be32_t address)
{
	uint64_t number = rte_be_to_cpu_32(address) - options->client_net.first - 1;

	return number < options->clients;
}

// Each line: what must not be, and what is said about it.
static bool
check_together(const struct options *options, FILE *errors)
{
	bool ipv6 = options->ipv6_share > 0, ipv4 = options->ipv6_share < 100;
	bool writes = options->write != NULL, replays = options->replay != NULL;
	const struct {
		bool wrong;
		const char *text;
	} rules[] = {
		{ipv6 && !options->tracker_ipv6.given, "--ipv6-share wants --tracker6"},
		{ipv4 && options->clients > clients_max(options, false),
		 "--clients: more than --client-net has addresses"},
		{ipv6 && options->clients > clients_max(options, true),
		 "--clients: more than --client-net6 has networks of 64 bits"},
		{ipv4 && is_client_ipv4(options, options->tracker_ipv4.address),
		 "--tracker is the address of a client: choose another --client-net"},
		{options->connect_weight + options->announce_weight + options->scrape_weight == 0,
		 "--connect, --announce and --scrape are all 0: nothing to ask"},
		{options->peers > UINT64_C(65535) * options->clients,
		 "--peers: at most 65535 for each of --clients"},
		{options->stopped + options->completed > 100,
		 "--stopped and --completed are more than 100 percent together"},
		{writes && replays, "--write and --replay exclude each other"},
		{writes && !options->fill && options->count == 0,
		 "--write wants --count or --fill"},
		{options->fill && options->count != 0, "--fill and --count exclude each other"},
		{options->fill && replays, "--fill and --replay exclude each other"},
	};
	bool ok = true;

	for (unsigned i = 0; i < RTE_DIM(rules); i++) {
		if (!rules[i].wrong)
			continue;
		complain(errors, "%s", rules[i].text);
		ok = false;
	}
	return ok;
}

bool
options_parse(struct options *options, int argc, char **argv, FILE *errors)
{
	fill_in_defaults(options);
	bool ok = read_words(options, argc, argv, errors);

	if (options->help)
		return true;
	return check_together(options, errors) && ok;
}

// Breaks a sentence into lines of `width`, the second and later ones behind `margin` blanks.
static void
print_wrapped(FILE *out, const char *text, unsigned margin, unsigned width)
{
	unsigned at = 0;

	while (*text != '\0') {
		unsigned word = (unsigned)strcspn(text, " ");

		if (at > 0 && at + 1 + word > width) {
			fprintf(out, "\n%*s", (int)margin, "");
			at = 0;
		}
		at += (unsigned)fprintf(out, "%s%.*s", at > 0 ? " " : "", (int)word, text);
		text += word;
		text += strspn(text, " ");
	}
}

static void
print_row(FILE *out, const struct option_row *row)
{
	enum { MARGIN = 30, WIDTH = 68 };
	char head[64];
	char help[320];

	snprintf(head, sizeof(head), "--%s %s", row->name, row->argument);
	snprintf(
		help,
		sizeof(help),
		"%s%s%s%s",
		row->help,
		*row->standard == '\0' ? "" : " (",
		row->standard,
		*row->standard == '\0' ? "" : ")"
	);
	fprintf(out, "  %-*s", MARGIN - 2, head);
	if (strlen(head) > MARGIN - 3)
		fprintf(out, "\n%*s", MARGIN, "");
	print_wrapped(out, help, MARGIN, WIDTH);
	fputc('\n', out);
}

void
options_print_help(FILE *out)
{
	fputs("usage: weir-load [options] -- [EAL ARGUMENTS]\n"
	      "\n"
	      "Asks a BitTorrent UDP tracker through a DPDK port, holds every reply against what\n"
	      "was asked, and says how many came and how long they took. One lcore (1) polls the\n"
	      "first port found; lcore 0 reports.\n"
	      "\n"
	      "  weir-load --duration 10 -- --lcores 0@0,1@1 \\\n"
	      "      --vdev=net_memif0,role=client,id=0,socket=/run/weir-memif.sock,"
	      "socket-abstract=no\n"
	      "  weir-load --write in.pcap --count 1000 --tracker-mac 02:70:63:61:70:00\n",
	      out);
	for (unsigned i = 0; i < RTE_DIM(rows); i++) {
		if (rows[i].name == NULL)
			fprintf(out, "\n%s\n", rows[i].help);
		else
			print_row(out, &rows[i]);
	}
	fputs("\n"
	      "EAL arguments, where none of their kind is given: --no-pci, memory without huge\n"
	      "pages (--no-huge -m 1024), lcores 0 and 1 on the first two CPUs.\n"
	      "\n"
	      "Exit status: 0; 1 when a reply was wrong, nothing was answered or the run could "
	      "not\n"
	      "be finished; 2 for wrong use.\n",
	      out);
}
