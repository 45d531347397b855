// SPDX-License-Identifier: BSD-3-Clause

#include "atomic_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <string.h>
#include <unistd.h>

void
atomic_file_folder(const char *path, char folder[ATOMIC_FILE_PATH_MAX])
{
	const char *slash = strrchr(path, '/');

	snprintf(
		folder,
		ATOMIC_FILE_PATH_MAX,
		"%.*s",
		slash == NULL ? 1 : (int)(slash - path) + 1,
		slash == NULL ? "." : path
	);
}

bool
atomic_file_is_possible(const char *path, struct error *error)
{
	size_t len = strlen(path);
	char folder[ATOMIC_FILE_PATH_MAX];

	if (len > 0 && path[len - 1] == '/')
		return error_set(error, NULL, "%s names a folder, not a file in it", path);
	atomic_file_folder(path, folder);
	if (access(folder, W_OK | X_OK) == 0)
		return true;
	if (errno == ENOENT)
		return error_set(
			error,
			NULL,
			"%s cannot be made: its folder %s is missing; make it with mkdir -p -m 700 "
			"%s",
			path,
			folder,
			folder
		);
	if (errno == EACCES)
		return error_set(
			error,
			NULL,
			"%s cannot be made: its folder %s cannot be written in by user %u, who "
			"runs this",
			path,
			folder,
			geteuid()
		);
	return error_set(
		error,
		NULL,
		"%s cannot be made: its folder %s %s",
		path,
		folder,
		errno == ENOTDIR ? "is not a folder, or lies below a file" : strerror(errno)
	);
}

// Makes the rename last through a loss of power. A file system that cannot is left alone.
static void
sync_folder(const char *path)
{
	char folder[ATOMIC_FILE_PATH_MAX];

	atomic_file_folder(path, folder);
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		return;
	(void)!fsync(fd);
	close(fd);
}

bool
atomic_file_start(struct atomic_file *file, const char *path, mode_t mode)
{
	char *temp_path = file->temp_path;

	file->path = path;
	file->error = 0;
	snprintf(temp_path, sizeof(file->temp_path), "%s.new", path);
	unlink(temp_path); // what a crash left, or somebody who would like to read along
	int fd = open(temp_path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);

	if (fd < 0)
		return false;
	file->out = fdopen(fd, "w");
	if (file->out != NULL)
		return true;
	close(fd);
	unlink(temp_path);
	return false;
}

bool
atomic_file_print(struct atomic_file *file, const char *format, ...)
{
	va_list values;

	if (file->error != 0)
		return false;
	va_start(values, format);
	if (vfprintf(file->out, format, values) < 0)
		file->error = errno;
	va_end(values);
	return file->error == 0;
}

// Keeps the reason of the first step that fails.
static void
note(struct atomic_file *file, bool ok)
{
	if (!ok && file->error == 0)
		file->error = errno;
}

bool
atomic_file_finish(struct atomic_file *file)
{
	FILE *out = file->out;

	note(file, fflush(out) == 0);
	note(file, fsync(fileno(out)) == 0);
	note(file, fclose(out) == 0);
	if (file->error == 0)
		note(file, rename(file->temp_path, file->path) == 0);
	if (file->error == 0) {
		sync_folder(file->path);
		return true;
	}
	unlink(file->temp_path);
	errno = file->error;
	return false;
}

void
atomic_file_abandon(struct atomic_file *file)
{
	fclose(file->out);
	unlink(file->temp_path);
}
