// SPDX-License-Identifier: BSD-3-Clause
// A file that is written whole or not at all: beside, as PATH.new, and renamed when it is on disk.
// Until then, and where anything fails, an older file stays as it is.
//
// One user at a time; several of the same path are not meant.

#pragma once

#include <stdbool.h>
#include <stdio.h>
#include <sys/types.h>

enum { REPLACEMENT_PATH_MAX = 4200 };

struct replacement {
	const char *path; // the caller's
	char beside[REPLACEMENT_PATH_MAX];
	FILE *out;
	int error; // errno of the first write that failed; 0
};

// mode: of the new file, less what the process's umask takes away. False: errno says why.
bool replacement_start(struct replacement *replacement, const char *path, mode_t mode);

// False where this or an earlier write failed.
__attribute__((format(printf, 2, 3))) bool
replacement_print(struct replacement *replacement, const char *format, ...);

// Brings it to disk and in place. False: errno says why, and nothing has changed.
bool replacement_finish(struct replacement *replacement);

// Gives it up.
void replacement_abandon(struct replacement *replacement);

// Whether the folder of `path` lets a file be made or replaced in it. False: `why` has a sentence.
bool replacement_is_possible(const char *path, char *why, size_t size);

// Name of the folder that `path` lies in: "." where it names none.
void replacement_folder(const char *path, char folder[REPLACEMENT_PATH_MAX]);
