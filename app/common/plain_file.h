// SPDX-License-Identifier: BSD-3-Clause
// Small files that a program reads at its start: configurations, keys, tokens.
//
// Only a regular file is read. A FIFO, a device or a folder is refused without waiting for it.

#pragma once

#include <stdbool.h>
#include <stddef.h>

enum plain_file_kind {
	PLAIN_FILE_PUBLIC,
	// Belongs to our effective user or to root, no rights for group and others, no symbolic link.
	PLAIN_FILE_SECRET,
};

// Opens `path` for reading. -1: `why` (of `size`) says what is wrong and what to do, errno is
// ENOENT where there is no such file, and another value otherwise.
int plain_file_open(const char *path, enum plain_file_kind kind, char *why, size_t size);

// Reads the whole file: a new text, the caller's to free, with a byte 0 behind its *len bytes.
// NULL: `why` and errno as above; EFBIG for a file of more than `max` bytes.
char *plain_file_read(
	const char *path,
	enum plain_file_kind kind,
	size_t max,
	size_t *len,
	char *why,
	size_t size
);
