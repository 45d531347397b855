// SPDX-License-Identifier: BSD-3-Clause

#include "replacement.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <string.h>
#include <unistd.h>

void
replacement_folder(const char *path, char folder[REPLACEMENT_PATH_MAX])
{
	const char *slash = strrchr(path, '/');

	snprintf(
		folder,
		REPLACEMENT_PATH_MAX,
		"%.*s",
		slash == NULL ? 1 : (int)(slash - path) + 1,
		slash == NULL ? "." : path
	);
}

bool
replacement_is_possible(const char *path, char *why, size_t size)
{
	size_t len = strlen(path);
	char folder[REPLACEMENT_PATH_MAX];

	if (len > 0 && path[len - 1] == '/') {
		snprintf(why, size, "%s names a folder, not a file in it", path);
		return false;
	}
	replacement_folder(path, folder);
	if (access(folder, W_OK | X_OK) == 0)
		return true;
	int end = snprintf(why, size, "%s cannot be made: its folder %s ", path, folder);

	if (end < 0 || (size_t)end >= size)
		return false;
	why += end;
	size -= (size_t)end;
	if (errno == ENOENT)
		snprintf(why, size, "is missing; make it with mkdir -p -m 700 %s", folder);
	else if (errno == ENOTDIR)
		snprintf(why, size, "is none, or lies below a file");
	else if (errno == EACCES)
		snprintf(why, size, "cannot be written in by user %u, who runs this", geteuid());
	else
		snprintf(why, size, "cannot be written in: %s", strerror(errno));
	return false;
}

// Makes the rename last through a loss of power. A file system that cannot is left alone.
static void
sync_folder(const char *path)
{
	char folder[REPLACEMENT_PATH_MAX];

	replacement_folder(path, folder);
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		return;
	(void)!fsync(fd);
	close(fd);
}

bool
replacement_start(struct replacement *replacement, const char *path, mode_t mode)
{
	char *beside = replacement->beside;

	replacement->path = path;
	replacement->error = 0;
	snprintf(beside, sizeof(replacement->beside), "%s.new", path);
	unlink(beside); // what a crash left, or somebody who would like to read along
	int fd = open(beside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);

	if (fd < 0)
		return false;
	replacement->out = fdopen(fd, "w");
	if (replacement->out != NULL)
		return true;
	close(fd);
	unlink(beside);
	return false;
}

bool
replacement_print(struct replacement *replacement, const char *format, ...)
{
	va_list values;

	if (replacement->error != 0)
		return false;
	va_start(values, format);
	if (vfprintf(replacement->out, format, values) < 0)
		replacement->error = errno;
	va_end(values);
	return replacement->error == 0;
}

// Keeps the reason of the first step that fails.
static void
note(struct replacement *replacement, bool ok)
{
	if (!ok && replacement->error == 0)
		replacement->error = errno;
}

bool
replacement_finish(struct replacement *replacement)
{
	FILE *out = replacement->out;

	note(replacement, fflush(out) == 0);
	note(replacement, fsync(fileno(out)) == 0);
	note(replacement, fclose(out) == 0);
	if (replacement->error == 0)
		note(replacement, rename(replacement->beside, replacement->path) == 0);
	if (replacement->error == 0) {
		sync_folder(replacement->path);
		return true;
	}
	unlink(replacement->beside);
	errno = replacement->error;
	return false;
}

void
replacement_abandon(struct replacement *replacement)
{
	fclose(replacement->out);
	unlink(replacement->beside);
}
