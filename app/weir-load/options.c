// SPDX-License-Identifier: BSD-3-Clause
// The table of options, and checks of options against each other.

#include "options.h"

#include "option_value.h"

#include <rte_common.h>

#include <getopt.h>

static const struct option_row rows[] = {
#define GROUP OPTION_GROUP
#define OPTION(...) OPTION_ROW(struct options, __VA_ARGS__)
#include "options.def"
};

static void
print_more(FILE *out)
{
	fputs("\n"
	      "Defaults of EAL arguments, each unless one of its kind is given: --no-pci, memory\n"
	      "without huge pages (--no-huge -m 1024), lcores 0 and 1 on the first two CPUs.\n",
	      out);
}

static const struct option_program program = {
	.name = "weir-load",
	.usage = "[options] [-- EAL ARGUMENTS]",
	.summary = "Sends requests to a BitTorrent UDP tracker through a DPDK port, checks every "
		   "reply\n"
		   "against its request, and reports rates, losses and latencies. lcore 1 polls "
		   "the first\n"
		   "port found; lcore 0 reports.",
	.rows = rows,
	.row_count = RTE_DIM(rows),
	.operands = OPTION_OPERANDS_EAL,
	.print_more = print_more,
	.examples = "  weir-load --duration 10 -- --lcores 0@0,1@1 \\\n"
		    "      --vdev=net_memif0,role=client,id=0,socket=/run/weir-memif.sock,"
		    "socket-abstract=no\n"
		    "  weir-load --rate 500000 -- --vdev=net_af_xdp0,iface=eth1\n"
		    "  weir-load --write in.pcap --count 1000 --tracker-mac 02:70:63:61:70:00",
	.exit_status =
		"  0  every reply was right\n"
		"  1  a reply was wrong, nothing was answered, or the run could not be finished\n"
		"  2  the command line is wrong",
};

// How many clients a prefix has: each IPv4 address but the first and the last, each /64 of IPv6.
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

// Each line: a combination that is wrong, and its error message.
static bool
check_together(const struct options *options, FILE *errors)
{
	bool ipv6 = options->ipv6_share > 0, ipv4 = options->ipv6_share < 100;
	bool writes = options->write != NULL, replays = options->replay != NULL;
	const struct {
		bool wrong;
		const char *text;
	} rules[] = {
		{ipv6 && !options->tracker_ipv6.given, "--ipv6-share requires --tracker6"},
		{ipv4 && options->clients > clients_max(options, false),
		 "--clients is larger than the number of addresses in --client-net"},
		{ipv6 && options->clients > clients_max(options, true),
		 "--clients is larger than the number of /64 networks in --client-net6"},
		{ipv4 && is_client_ipv4(options, options->tracker_ipv4.address),
		 "--tracker is the address of a client: choose another --client-net"},
		{options->connect_weight + options->announce_weight + options->scrape_weight == 0,
		 "--connect, --announce and --scrape are all 0: there is nothing to send"},
		{options->peers > UINT64_C(65535) * (options->clients - options->abusers),
		 "--peers is larger than 65535 times --clients, without --abusers"},
		{options->abusers >= options->clients, "--abusers must be below --clients"},
		{options->abusers > 0 && (!ipv4 || writes || replays),
		 "--abusers excludes --write, --replay and --ipv6-share 100"},
		{options->stopped + options->completed > 100,
		 "--stopped and --completed are more than 100 % together"},
		{writes && replays, "--write and --replay exclude each other"},
		{writes && !options->fill && options->count == 0,
		 "--write requires --count or --fill"},
		{options->fill && options->count != 0, "--fill and --count exclude each other"},
		{options->fill && replays, "--fill and --replay exclude each other"},
	};
	bool ok = true;

	for (unsigned i = 0; i < RTE_DIM(rules); i++) {
		if (rules[i].wrong)
			ok = option_complain(&program, errors, "%s", rules[i].text);
	}
	return ok;
}

bool
options_parse(struct options *options, int argc, char **argv, FILE *errors)
{
	*options = (struct options){0};
	bool ok = option_parse(&program, options, argc, argv, errors);

	options->eal_argument_count = argc - optind;
	options->eal_arguments = argv + optind;
	if (ok && (options->help != OPTION_HELP_NONE || options->version))
		return true;
	return check_together(options, errors) && ok;
}

void
options_print_help(enum option_help help, FILE *out)
{
	option_print_help(&program, help, out);
}
