// SPDX-License-Identifier: BSD-3-Clause

#include "output_file.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

enum { MODE = 0666 }; // less the umask

FILE *
output_file_open(const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_NONBLOCK | O_CLOEXEC | O_NOCTTY, MODE);
	FILE *file = NULL;

	if (fd < 0)
		return NULL;
	if (fcntl(fd, F_SETFL, 0) == 0) // from here on a slow reader is waited for
		file = fdopen(fd, "w");
	if (file == NULL) {
		int why = errno;

		close(fd);
		errno = why;
	}
	return file;
}
