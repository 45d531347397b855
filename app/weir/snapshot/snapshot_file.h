// SPDX-License-Identifier: BSD-3-Clause
// The file of a snapshot, written whole or not at all. The new one goes to FILE.new. Once it is on disk, the old
// one is linked to FILE.1, the new one is renamed to FILE, and the folder is synced. So FILE exists at every
// moment and is complete, and so is FILE.1.
//
// Files get mode 0600: they hold the addresses of clients. One writer of a path at a time (setup/locks.h).

#pragma once

#include "../../../lib/snapshot/writer.h"
#include "../../common/error.h"

#include <stdbool.h>
#include <stdint.h>

enum { SNAPSHOT_PATH_MAX = 4200 };

// Ends of the names beside FILE.
#define SNAPSHOT_OLD ".1" // the snapshot before
#define SNAPSHOT_REFUSED ".refused" // one that could not be loaded

struct snapshot_file {
	const char *path; // owned by the caller
	int fd;
	struct snapshot_writer writer;
};

// PATH with an end.
void snapshot_file_name(char name[SNAPSHOT_PATH_MAX], const char *path, const char *end);

// Starts FILE.new. wall_s: Unix time of the snapshot.
bool snapshot_file_start(
	struct snapshot_file *file,
	const char *path,
	uint64_t wall_s,
	bool detail,
	struct error *error
);

// Writes the block of file->writer where it has one. False: the file must be abandoned.
bool snapshot_file_flush(struct snapshot_file *file, struct error *error);

// Ends the file and puts it in the place of the old one, which is kept under its name with the end `keep`.
// False: FILE is the old one, or the new one if only its folder could not be synced.
bool snapshot_file_finish(struct snapshot_file *file, const char *keep, struct error *error);

// Deletes FILE.new.
void snapshot_file_abandon(struct snapshot_file *file);
