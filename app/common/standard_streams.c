// SPDX-License-Identifier: BSD-3-Clause

#include "standard_streams.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void
standard_streams_guard(void)
{
	static const struct {
		const char *path;
		int flags;
	} instead[] = {
		[STDIN_FILENO] = {"/dev/null", O_RDONLY},
		[STDOUT_FILENO] = {"/", O_RDONLY | O_DIRECTORY}, // nor can /dev/stdout be opened
		[STDERR_FILENO] = {"/dev/null", O_WRONLY},
	};

	// open takes the lowest number that is free, which is the one asked for.
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) < 0 && open(instead[fd].path, instead[fd].flags) != fd)
			abort();
}

int
standard_output_finish(const char *program, int status)
{
	errno = 0;
	bool failed = fflush(stdout) != 0;
	int why = errno;

	if (!failed && !ferror(stdout))
		return status;
	if (why != EPIPE)
		fprintf(stderr,
			"%s: standard output: %s\n",
			program,
			why == 0 ? "cannot be written" : strerror(why));
	return status == EXIT_SUCCESS ? EXIT_FAILURE : status;
}
