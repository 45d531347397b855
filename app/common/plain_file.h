// SPDX-License-Identifier: BSD-3-Clause
// Small files that a program reads at its start: configurations, keys, tokens.
//
// Only a regular file is read. A FIFO, a device or a folder is refused without waiting for it.

#pragma once

#include "error.h"

#include <stddef.h>
#include <sys/types.h>

enum plain_file_kind {
	PLAIN_FILE_PUBLIC,
	// Belongs to our effective user or to root, no rights for group and others, no symbolic link.
	PLAIN_FILE_SECRET,
	// The same, but its group may read it: so an access list for one user shows.
	PLAIN_FILE_CREDENTIAL,
};

// From now on secret files may belong to anybody: for root, who checks what another user will run.
void plain_file_accept_owners(void);

// From now on, secret files of this user are as good as our own: it is the one that this process will become.
void plain_file_trust(uid_t user);

// Opens `path` for reading. -1 on an error, whose text is to stand behind the path; errno is then
// ENOENT where there is no such file, and another value otherwise.
int plain_file_open(const char *path, enum plain_file_kind kind, struct error *error);

// Reads the whole file: a new text, the caller's to free, with a byte 0 behind its *len bytes.
// NULL on an error, as above; EFBIG for a file of more than `max` bytes.
char *plain_file_read(
	const char *path,
	enum plain_file_kind kind,
	size_t max,
	size_t *len,
	struct error *error
);
