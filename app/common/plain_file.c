// SPDX-License-Identifier: BSD-3-Clause

#include "plain_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FIRST_ROOM = 4096 }; // bytes

static bool any_owner; // of secret files
static uid_t trusted; // beside us and root

void
plain_file_accept_owners(void)
{
	any_owner = true;
}

void
plain_file_trust(uid_t user)
{
	__atomic_store_n(&trusted, user, __ATOMIC_RELAXED);
}

static const char *
name_of_type(mode_t mode)
{
	if (S_ISDIR(mode))
		return "a folder";
	if (S_ISFIFO(mode))
		return "a FIFO";
	return S_ISSOCK(mode) ? "a socket" : "a device";
}

// Never advises chmod for what is no regular file: it might be /dev/null.
static bool
is_fit(const struct stat *status, enum plain_file_kind kind, struct error *error)
{
	if (!S_ISREG(status->st_mode))
		return error_set(
			error,
			NULL,
			"is %s; a regular file is needed",
			name_of_type(status->st_mode)
		);
	if (kind == PLAIN_FILE_PUBLIC)
		return true;
	if (!any_owner && status->st_uid != geteuid() && status->st_uid != 0
	    && status->st_uid != __atomic_load_n(&trusted, __ATOMIC_RELAXED))
		return error_set(
			error,
			NULL,
			"belongs to user %u; it must belong to user %u, who runs this, or to root",
			status->st_uid,
			geteuid()
		);
	mode_t open_bits = kind == PLAIN_FILE_CREDENTIAL ? S_IWGRP | S_IRWXO : S_IRWXG | S_IRWXO;

	if ((status->st_mode & open_bits) != 0)
		return error_set(
			error, NULL, "can be read or changed by others than its owner: chmod 600"
		);
	return true;
}

int
plain_file_open(const char *path, enum plain_file_kind kind, struct error *error)
{
	int follow = kind == PLAIN_FILE_PUBLIC ? 0 : O_NOFOLLOW;
	int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY | follow);
	struct stat status;

	if (fd < 0) {
		int reason = errno;

		if (reason == ELOOP && follow != 0)
			error_set(error, NULL, "is a symbolic link; name the file itself");
		else
			error_set(error, NULL, "cannot be read: %s", strerror(reason));
		errno = reason;
		return -1;
	}
	if (fstat(fd, &status) == 0 && is_fit(&status, kind, error))
		return fd;
	close(fd);
	errno = EINVAL;
	return -1;
}

// Doubles the memory for a file, up to `most`. A secret is shorter than the first, so that no copy of it is left behind.
static bool
grow(char **bytes, size_t *room, size_t most)
{
	size_t more = *room == 0 ? FIRST_ROOM : 2 * *room;
	char *grown;

	more = more < most ? more : most;
	grown = realloc(*bytes, more);
	if (grown == NULL)
		return false;
	*bytes = grown;
	*room = more;
	return true;
}

// Up to `most` bytes into memory of its own; fewer only at the end of the file.
static ssize_t
read_fully(int fd, char **bytes, size_t most)
{
	size_t len = 0, room = 0;

	while (len < most) {
		if (len == room && !grow(bytes, &room, most))
			return -1;
		ssize_t got = read(fd, *bytes + len, room - len);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return -1;
		if (got == 0)
			break;
		len += (size_t)got;
	}
	return (ssize_t)len;
}

char *
plain_file_read(
	const char *path,
	enum plain_file_kind kind,
	size_t max,
	size_t *len,
	struct error *error
)
{
	int fd = plain_file_open(path, kind, error);

	if (fd < 0)
		return NULL;
	char *bytes = NULL;
	ssize_t got = read_fully(fd, &bytes, max + 1);

	close(fd);
	if (got >= 0 && (size_t)got <= max) {
		bytes[got] = '\0';
		*len = (size_t)got;
		return bytes;
	}
	if (got < 0)
		error_set(error, NULL, "cannot be read: %s", strerror(errno));
	else
		error_set(error, NULL, "is too large; at most %zu bytes are read", max);
	free(bytes);
	errno = got < 0 ? EIO : EFBIG;
	return NULL;
}
