// SPDX-License-Identifier: BSD-3-Clause
// The command line, checked, with every default filled in.

#pragma once

#include "../common/option.h"
#include "../telemetry_client/telemetry_client.h"
#include "address.h"
#include "server.h"

#include <stdbool.h>
#include <stdio.h>

struct option_listen {
	unsigned count;
	struct address addresses[SERVER_LISTENERS_MAX];
};

struct options {
	const char *file_prefix, *socket; // NULL: not given
	const char *control_socket; // NULL: beside the telemetry socket
	const char *token_file; // NULL: no token is required
	const char *write_token_file; // NULL: changes are off
	const char *user; // NULL: the default one
	struct option_listen listen;
	bool version;
	enum option_help help;
	char path[TELEMETRY_PATH_MAX]; // of Weir's telemetry socket, from the first two
	char control_path[TELEMETRY_PATH_MAX]; // of its control socket
};

// Reads and checks a command line. False where anything is wrong: each mistake has been written to
// `errors`, a line each.
bool options_parse(struct options *options, int argc, char **argv, FILE *errors);

void options_print_help(enum option_help help, FILE *out);
