// SPDX-License-Identifier: BSD-3-Clause
// DPDK's telemetry socket of a running Weir: where it is, and connecting to it.

#pragma once

#include <stdbool.h>
#include <stddef.h>

enum { TELEMETRY_PATH_MAX = 108 }; // bytes of a Unix socket's path, with the terminating 0

// Path of the socket of the Weir with this file prefix: in $RUNTIME_DIRECTORY, if that is set. Otherwise in the first
// of these folders where a process listens: our own, as dpdk-telemetry.py chooses it (for root /var/run, else
// $XDG_RUNTIME_DIR or /tmp), /run/weir of services, /var/run. Where none does, the first with a socket that cannot be
// used, or else our own. In each it is dpdk/PREFIX. False where the path is too long.
bool telemetry_socket_path(const char *file_prefix, char path[TELEMETRY_PATH_MAX]);

// The path that the options --file-prefix and --socket name; NULL: the option was not given. False:
// `why` says what is wrong with them.
bool telemetry_find_socket(
	const char *file_prefix,
	const char *socket,
	char path[TELEMETRY_PATH_MAX],
	char *why,
	size_t size
);

// Connects a socket to the Weir at `path`. -1: errno says why.
int telemetry_connect(const char *path);
