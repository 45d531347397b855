// SPDX-License-Identifier: BSD-3-Clause
// Options of the command line, checked, with defaults filled in.
//
// Read-only after the start: any thread.

#pragma once

#include "../common/option.h"
#include "option_value.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

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
	int eal_argument_count; // arguments after --
	char **eal_arguments;
};

// The words of --popularity, in the order of the table.
enum options_popularity { POPULARITY_AQUATIC, POPULARITY_UNIFORM };

// Parses and checks a command line. Returns false after errors, which are written to `errors`, one
// per line.
bool options_parse(struct options *options, int argc, char **argv, FILE *errors);

void options_print_help(enum option_help help, FILE *out);
