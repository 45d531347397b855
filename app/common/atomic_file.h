// SPDX-License-Identifier: BSD-3-Clause
// Atomic file write: the new content goes to PATH.new, which is renamed to PATH once it is on disk.
// Until then, and where anything fails, an older file stays as it is.
//
// One writer of a path at a time.

#pragma once

#include "error.h"

#include <stdbool.h>
#include <stdio.h>
#include <sys/types.h>

enum { ATOMIC_FILE_PATH_MAX = 4200 };

struct atomic_file {
	const char *path; // owned by the caller
	char temp_path[ATOMIC_FILE_PATH_MAX];
	FILE *out;
	int error; // errno of the first write that failed; 0
};

// `mode` is that of the new file, less the process's umask. False: errno says why.
bool atomic_file_start(struct atomic_file *file, const char *path, mode_t mode);

// False where this or an earlier write failed.
__attribute__((format(printf, 2, 3))) bool
atomic_file_print(struct atomic_file *file, const char *format, ...);

// Syncs the new file and renames it. False: errno says why, and the older file is unchanged.
bool atomic_file_finish(struct atomic_file *file);

// Deletes the new file; the older one is unchanged.
void atomic_file_abandon(struct atomic_file *file);

// Whether a file can be made or replaced in the folder of `path`. An error names no
// setting.
bool atomic_file_is_possible(const char *path, struct error *error);

// The folder that `path` lies in: "." where it names none.
void atomic_file_folder(const char *path, char folder[ATOMIC_FILE_PATH_MAX]);
