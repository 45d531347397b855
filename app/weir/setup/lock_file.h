// SPDX-License-Identifier: BSD-3-Clause
// A file that one process at a time holds, from its start to its end however that comes: the kernel
// lets go of the lock (flock) when the process is gone.
//
// It holds the process's id as text, is removed by lock_file_free, and may be left behind by a crash,
// which hinders nobody.

#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

enum {
	LOCK_FILE_PATH_MAX = 4200,
	LOCK_FILES_MAX =
		4 + 16, // see locks.h: prefix, snapshot, two exports at a change, SOCKET_FILES_MAX
};

struct lock_file {
	int fd;
	char path[LOCK_FILE_PATH_MAX];
};

// All that a process holds.
struct lock_files {
	unsigned count;
	struct lock_file items[LOCK_FILES_MAX];
};

enum lock_file_result {
	LOCK_FILE_TAKEN, // by us, now
	LOCK_FILE_HELD, // by another process
	LOCK_FILE_FAILED, // errno says why
};

// *holder: the process id that holds it, or 0 where it has not said yet.
enum lock_file_result lock_file_take(struct lock_file *lock, const char *path, pid_t *holder);

void lock_file_free(struct lock_file *lock);
