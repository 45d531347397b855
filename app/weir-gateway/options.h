// SPDX-License-Identifier: BSD-3-Clause
// The command line, checked, with every default filled in.

#pragma once

#include "../telemetry_client/telemetry_client.h"
#include "address.h"
#include "server.h"

#include <stdbool.h>
#include <stdio.h>

struct options {
	const char *file_prefix, *socket; // NULL: not given
	const char *token_file; // NULL: no token wanted
	const char *user; // NULL: the standard one
	bool help, version;
	unsigned listen_count;
	struct address listen[SERVER_LISTENERS_MAX];
	char path[TELEMETRY_PATH_MAX]; // of Weir's socket, from the first two
};

// Reads and checks a command line. False where anything is wrong: everything that is has been
// written to `errors` by then, a line each.
bool options_parse(struct options *options, int argc, char **argv, FILE *errors);

void options_print_help(FILE *out);
