// SPDX-License-Identifier: BSD-3-Clause
// Sockets of the file system that DPDK's virtual devices listen on, as EAL arguments name them.

#pragma once

#include "../weir.h"

enum {
	SOCKET_FILES_MAX = 16,
	SOCKET_FILE_PATH_MAX = 108, // as in struct sockaddr_un
};

struct socket_files {
	unsigned count;
	char paths[SOCKET_FILES_MAX][SOCKET_FILE_PATH_MAX]; // each once, absolute
};

// Finds the sockets in driver.eal and in the arguments of the command line, except abstract ones, which
// leave nothing behind, and those of clients.
void socket_files_find(struct socket_files *files, const struct weir *weir);

// Removes a socket that no process listens on: *removed. False, and an error, if one does, or if the
// path is something else.
bool socket_file_clear(const char *path, bool *removed, struct error *error);
