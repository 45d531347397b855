// SPDX-License-Identifier: BSD-3-Clause
// The file of a list: read whole into memory, replaced whole or not at all.
//
// Any bytes may be in it. It is copied by read(), not mapped: a file that shrinks meanwhile is an error and
// no SIGBUS. One that changes or vanishes while it is read is read again, three times in all; then it is an
// error, so a list never comes from half of a file. One thread at a time.

#pragma once

#include "../../common/plain_file.h"

#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>
#include <time.h>

// What tells whether a file is still the one that was read.
struct list_stamp {
	dev_t device;
	ino_t inode;
	off_t size;
	struct timespec modified;
};

struct list_file {
	char *bytes; // an owner of list_memory
	size_t len;
	struct list_stamp stamp;
	mode_t mode; // permissions, which a new file takes over with the owner
	uid_t user;
	gid_t group;
};

// Reads `path`. False: the error's text is to stand behind the path.
bool list_file_read(
	struct list_file *file,
	const char *path,
	enum plain_file_kind kind,
	struct error *error
);
void list_file_free(struct list_file *file);

// Replaces `path`, which has been read as `old`, by `len` bytes; `stamp` becomes that of the new file. A
// symbolic link stays, and the file that it names is replaced. False: the file is as it was, and the error's
// text is a sentence.
bool list_file_write(
	const char *path,
	const struct list_file *old,
	const char *bytes,
	size_t len,
	struct list_stamp *stamp,
	struct error *error
);

// The stamp of a path. False: there is no file.
bool list_stamp_read(struct list_stamp *stamp, const char *path);
bool list_stamp_same(const struct list_stamp *one, const struct list_stamp *other);

// The next line of a text, without its line feed. False: there is none. *at is where it starts, from 0, and
// then where the next one does.
bool list_next_line(const char *bytes, size_t len, size_t *at, const char **line, size_t *line_len);
