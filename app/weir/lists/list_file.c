// SPDX-License-Identifier: BSD-3-Clause

#include "list_file.h"

#include "../../common/atomic_file.h"
#include "list_memory.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define BYTES_MAX ((off_t)4 << 30)
#define READ_MAX ((size_t)64 << 20) // bytes of one call

enum { TRIES = 3 };

static struct list_stamp
stamp_of(const struct stat *status)
{
	return (struct list_stamp){
		.device = status->st_dev,
		.inode = status->st_ino,
		.size = status->st_size,
		.modified = status->st_mtim,
	};
}

static bool
same_time(const struct timespec *one, const struct timespec *other)
{
	return one->tv_sec == other->tv_sec && one->tv_nsec == other->tv_nsec;
}

bool
list_stamp_same(const struct list_stamp *one, const struct list_stamp *other)
{
	return one->device == other->device && one->inode == other->inode
		&& one->size == other->size && same_time(&one->modified, &other->modified);
}

bool
list_stamp_read(struct list_stamp *stamp, const char *path)
{
	struct stat status;

	if (stat(path, &status) != 0)
		return false;
	*stamp = stamp_of(&status);
	return true;
}

// Up to `max` bytes, fewer only at the end of the file. -1: errno says why.
static ssize_t
read_up_to(int fd, char *bytes, size_t max)
{
	size_t len = 0;

	while (len < max) {
		size_t left = max - len;
		ssize_t got = read(fd, bytes + len, left < READ_MAX ? left : READ_MAX);

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

// Whether the file has been what it is since `before`, with a name of its own.
static bool
is_still(int fd, const struct stat *before)
{
	struct stat now;

	return fstat(fd, &now) == 0 && now.st_size == before->st_size && now.st_nlink != 0
		&& same_time(&now.st_mtim, &before->st_mtim)
		&& same_time(&now.st_ctim, &before->st_ctim);
}

enum result { READ, CHANGED, FAILED };

static enum result
read_open_file(struct list_file *file, int fd, struct error *error)
{
	struct stat status;

	if (fstat(fd, &status) != 0 || status.st_size > BYTES_MAX) {
		error_set(error, NULL, "is too large; a list has at most 4 GiB");
		return FAILED;
	}
	size_t len = (size_t)status.st_size;

	*file = (struct list_file){
		.bytes = list_memory_make(len + 1), // one more tells that it grew
		.len = len,
		.stamp = stamp_of(&status),
		.mode = status.st_mode & 07777,
		.user = status.st_uid,
		.group = status.st_gid,
	};
	if (file->bytes == NULL) {
		error_set(error, NULL, "cannot be read: no memory for %zu bytes", len);
		return FAILED;
	}
	ssize_t got = read_up_to(fd, file->bytes, len + 1);

	if (got >= 0 && (size_t)got == len && is_still(fd, &status))
		return READ;
	if (got < 0)
		error_set(error, NULL, "cannot be read: %s", strerror(errno));
	list_file_free(file);
	return got < 0 ? FAILED : CHANGED;
}

static enum result
read_once(struct list_file *file, const char *path, enum plain_file_kind kind, struct error *error)
{
	int fd = plain_file_open(path, kind, error);

	if (fd < 0) {
		if (errno == ENOENT)
			error_set(error, NULL, "%s; make an empty one to begin with", error->text);
		return FAILED;
	}
	enum result result = read_open_file(file, fd, error);

	close(fd);
	return result;
}

bool
list_file_read(
	struct list_file *file,
	const char *path,
	enum plain_file_kind kind,
	struct error *error
)
{
	enum result result = CHANGED;

	*file = (struct list_file){0};
	for (unsigned i = 0; i < TRIES && result == CHANGED; i++)
		result = read_once(file, path, kind, error);
	if (result == CHANGED)
		error_set(
			error,
			NULL,
			"changes while it is read; write a new file and rename it to this one"
		);
	return result == READ;
}

void
list_file_free(struct list_file *file)
{
	list_memory_drop(file->bytes);
	file->bytes = NULL;
}

// Where that cannot be, because we are not root, the new file is ours and has the same permissions.
static void
take_over(int fd, const struct list_file *old)
{
	if (fchown(fd, old->user, old->group) != 0)
		(void)!fchown(fd, (uid_t)-1, old->group);
	(void)!fchmod(fd, old->mode);
}

static bool
fill(struct atomic_file *file,
     const char *bytes,
     size_t len,
     const struct list_file *old,
     struct list_stamp *stamp)
{
	struct stat status;

	take_over(fileno(file->out), old);
	if (fwrite(bytes, 1, len, file->out) != len || fflush(file->out) != 0
	    || fstat(fileno(file->out), &status) != 0)
		return false;
	*stamp = stamp_of(&status);
	return true;
}

// Replaces `target`, a file itself.
static bool
replace(const char *target,
	const struct list_file *old,
	const char *bytes,
	size_t len,
	struct list_stamp *stamp,
	struct error *error)
{
	struct atomic_file file;
	struct list_stamp now;

	if (!atomic_file_start(&file, target, S_IRUSR | S_IWUSR))
		return error_set(error, NULL, "%s.new cannot be made: %s", target, strerror(errno));
	if (!fill(&file, bytes, len, old, stamp)) {
		int reason = errno;

		atomic_file_abandon(&file);
		return error_set(
			error, NULL, "%s.new cannot be written: %s", target, strerror(reason)
		);
	}
	if (!list_stamp_read(&now, target) || !list_stamp_same(&now, &old->stamp)) {
		atomic_file_abandon(&file);
		return error_set(
			error, NULL, "%s was changed by another program; try again", target
		);
	}
	if (!atomic_file_finish(&file))
		return error_set(error, NULL, "%s cannot be replaced: %s", target, strerror(errno));
	return true;
}

bool
list_file_write(
	const char *path,
	const struct list_file *old,
	const char *bytes,
	size_t len,
	struct list_stamp *stamp,
	struct error *error
)
{
	char *target = realpath(path, NULL);

	if (target == NULL)
		return error_set(error, NULL, "%s cannot be replaced: %s", path, strerror(errno));
	bool written = replace(target, old, bytes, len, stamp, error);

	free(target);
	return written;
}

bool
list_next_line(const char *bytes, size_t len, size_t *at, const char **line, size_t *line_len)
{
	if (*at >= len)
		return false;
	const char *start = bytes + *at, *end = memchr(start, '\n', len - *at);

	*line = start;
	*line_len = end == NULL ? len - *at : (size_t)(end - start);
	*at += *line_len + 1;
	return true;
}
