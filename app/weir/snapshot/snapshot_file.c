// SPDX-License-Identifier: BSD-3-Clause

#include "snapshot_file.h"

#include "../../common/atomic_file.h"
#include "../../common/monotonic.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define NEW ".new"

enum { MODE = 0600 };

void
snapshot_file_name(char name[SNAPSHOT_PATH_MAX], const char *path, const char *end)
{
	snprintf(name, SNAPSHOT_PATH_MAX, "%s%s", path, end);
}

static bool
fail(const struct snapshot_file *file, const char *what, struct error *error)
{
	return error_set(
		error, "snapshot.file", "%.300s: %s: %s", file->path, what, strerror(errno)
	);
}

static bool
write_all(struct snapshot_file *file, const void *bytes, size_t count, struct error *error)
{
	const uint8_t *at = bytes;

	while (count > 0) {
		ssize_t written = write(file->fd, at, count);

		if (written < 0 && errno == EINTR)
			continue;
		if (written < 0)
			return fail(file, "the new snapshot cannot be written", error);
		at += written;
		count -= (size_t)written;
	}
	return true;
}

bool
snapshot_file_start(
	struct snapshot_file *file,
	const char *path,
	uint64_t wall_s,
	bool detail,
	struct error *error
)
{
	char name[SNAPSHOT_PATH_MAX];

	file->path = path;
	snapshot_file_name(name, path, NEW);
	unlink(name); // what a crash left, or somebody who would like to read along
	file->fd = open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, MODE);
	if (file->fd < 0)
		return fail(file, "the new snapshot beside it cannot be made", error);
	snapshot_writer_begin(&file->writer, wall_s, monotonic_ns(), detail);
	if (write_all(file, &file->writer.head, sizeof(file->writer.head), error))
		return true;
	snapshot_file_abandon(file);
	return false;
}

bool
snapshot_file_flush(struct snapshot_file *file, struct error *error)
{
	size_t bytes;
	const void *block = snapshot_writer_seal(&file->writer, &bytes);

	return write_all(file, block, bytes, error);
}

// Writes the last block; the file is on disk then.
static bool
write_end(struct snapshot_file *file, struct error *error)
{
	size_t bytes;

	if (!snapshot_file_flush(file, error))
		return false;
	const void *end = snapshot_writer_end(&file->writer, &bytes);

	if (!write_all(file, end, bytes, error))
		return false;
	if (fsync(file->fd) != 0)
		return fail(file, "the new snapshot cannot be synced", error);
	int fd = file->fd;

	file->fd = -1;
	return close(fd) == 0 || fail(file, "the new snapshot cannot be closed", error);
}

// Gives the old file a second name, so that the first one never lacks a file. Where the file system knows no
// links the old file is renamed: a start finds it under either name.
static bool
keep_old(const struct snapshot_file *file, const char *keep, struct error *error)
{
	char old[SNAPSHOT_PATH_MAX], link_name[SNAPSHOT_PATH_MAX];

	snapshot_file_name(old, file->path, keep);
	snapshot_file_name(link_name, old, NEW);
	unlink(link_name);
	if (link(file->path, link_name) == 0) {
		bool renamed = rename(link_name, old) == 0;
		int why = errno;

		unlink(link_name); // is left where both were names of one file
		errno = why;
		return renamed || fail(file, "the old snapshot cannot be kept", error);
	}
	if (errno == ENOENT) // there is none
		return true;
	if ((errno == EPERM || errno == EOPNOTSUPP) && rename(file->path, old) == 0)
		return true;
	return fail(file, "the old snapshot cannot be kept", error);
}

static bool
sync_folder(const struct snapshot_file *file, struct error *error)
{
	char folder[ATOMIC_FILE_PATH_MAX];

	atomic_file_folder(file->path, folder);
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool synced = fd >= 0 && (fsync(fd) == 0 || errno == EINVAL || errno == ENOTSUP);
	int why = errno;

	if (fd >= 0)
		close(fd);
	errno = why;
	return synced || fail(file, "its folder cannot be synced", error);
}

bool
snapshot_file_finish(struct snapshot_file *file, const char *keep, struct error *error)
{
	char name[SNAPSHOT_PATH_MAX];

	snapshot_file_name(name, file->path, NEW);
	if (!write_end(file, error) || !keep_old(file, keep, error)) {
		snapshot_file_abandon(file);
		return false;
	}
	if (rename(name, file->path) != 0) {
		fail(file, "the new snapshot cannot be put in its place", error);
		snapshot_file_abandon(file);
		return false;
	}
	return sync_folder(file, error);
}

void
snapshot_file_abandon(struct snapshot_file *file)
{
	char name[SNAPSHOT_PATH_MAX];

	snapshot_file_name(name, file->path, NEW);
	if (file->fd >= 0)
		close(file->fd);
	file->fd = -1;
	unlink(name);
}
