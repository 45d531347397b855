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

// Finds them in driver.eal and in the arguments of the command line. Abstract sockets, which leave
// nothing behind, are none of them, nor are those of clients.
void socket_files_find(struct socket_files *files, const struct weir *weir);

// Removes a socket that nobody listens on: *removed. False, and an error, where somebody
// does, or where something else has that name.
bool socket_file_clear(const char *path, bool *removed, struct error *error);
