// SPDX-License-Identifier: BSD-3-Clause

#include "lock_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PID_TEXT_MAX = 16 };

static pid_t
read_holder(int fd)
{
	char text[PID_TEXT_MAX];
	ssize_t len = pread(fd, text, sizeof(text) - 1, 0);

	if (len <= 0)
		return 0;
	text[len] = '\0';
	return atoi(text);
}

static bool
write_holder(int fd)
{
	char text[PID_TEXT_MAX];
	int len = snprintf(text, sizeof(text), "%d\n", (int)getpid());

	return ftruncate(fd, 0) == 0 && pwrite(fd, text, (size_t)len, 0) == len;
}

// Whether `path` still names what was opened: its last holder may have removed it meanwhile.
static bool
is_still(int fd, const char *path)
{
	struct stat opened, named;

	return fstat(fd, &opened) == 0 && lstat(path, &named) == 0 && opened.st_dev == named.st_dev
		&& opened.st_ino == named.st_ino;
}

static int
open_plain(const char *path)
{
	int fd =
		open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY, 0600);
	struct stat status;

	if (fd < 0)
		return -1;
	if (fstat(fd, &status) == 0 && S_ISREG(status.st_mode))
		return fd;
	close(fd);
	errno = EINVAL;
	return -1;
}

enum lock_file_result
lock_file_take(struct lock_file *lock, const char *path, pid_t *holder)
{
	*holder = 0;
	snprintf(lock->path, sizeof(lock->path), "%s", path);
	for (;;) {
		lock->fd = open_plain(path);
		if (lock->fd < 0)
			return LOCK_FILE_FAILED;
		if (flock(lock->fd, LOCK_EX | LOCK_NB) != 0) {
			enum lock_file_result result =
				errno == EWOULDBLOCK ? LOCK_FILE_HELD : LOCK_FILE_FAILED;
			int why = errno;

			*holder = read_holder(lock->fd);
			close(lock->fd);
			errno = why;
			return result;
		}
		if (is_still(lock->fd, path))
			break;
		close(lock->fd);
	}
	if (write_holder(lock->fd))
		return LOCK_FILE_TAKEN;
	int why = errno;

	lock_file_free(lock);
	errno = why;
	return LOCK_FILE_FAILED;
}

void
lock_file_free(struct lock_file *lock)
{
	unlink(lock->path); // while we hold it: nobody else removes another's
	close(lock->fd);
}
