// SPDX-License-Identifier: BSD-3-Clause
// The command line: what was asked for, checked, with every default filled in.
//
// Made once at start, read only from then on: any thread.

#pragma once

#include "../common/option.h"

#include <rte_byteorder.h>
#include <rte_ether.h>

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

struct option_ipv4 {
	bool given;
	rte_be32_t address;
};

struct option_ipv6 {
	bool given;
	uint8_t address[16];
};

struct option_mac {
	bool given;
	struct rte_ether_addr address;
};

struct option_net {
	uint64_t first; // host order: the whole IPv4 address, or the first half of an IPv6 one
	unsigned bits; // of the prefix
};

// The C type of each type of option.
#define OPTION_FIELD_IPV4 struct option_ipv4
#define OPTION_FIELD_IPV6 struct option_ipv6
#define OPTION_FIELD_MAC struct option_mac
#define OPTION_FIELD_NET4 struct option_net
#define OPTION_FIELD_NET6 struct option_net
#define OPTION_FIELD_COUNT uint32_t
#define OPTION_FIELD_REAL double
#define OPTION_FIELD_CHOICE uint32_t
#define OPTION_FIELD_PATH const char *
#define OPTION_FIELD_FLAG bool
#define OPTION_FIELD_HELP enum option_help

struct options {
#define OPTION(type, field, ...) OPTION_FIELD_##type field;
#include "options.def"
	int eal_argument_count; // those behind --
	char **eal_arguments;
};

// The words of --popularity, in the order of the table.
enum options_popularity { POPULARITY_AQUATIC, POPULARITY_UNIFORM };

// Reads and checks a command line. False where anything is wrong: everything that is has been
// written to `errors` by then, a line each.
bool options_parse(struct options *options, int argc, char **argv, FILE *errors);

void options_print_help(enum option_help help, FILE *out);
