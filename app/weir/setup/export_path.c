// SPDX-License-Identifier: BSD-3-Clause

#include "export_path.h"

#include "../../common/atomic_file.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

bool
export_path_check(const struct config *config, struct error *error)
{
	const char *path = config->export_file;
	struct stat status;

	if (*path == '\0')
		return true;
	if (strcmp(path, config->key_file) == 0)
		return error_set(
			error,
			"export.file",
			"%s is tracker.key_file, which would be overwritten",
			path
		);
	if (lstat(path, &status) == 0 && !S_ISREG(status.st_mode))
		return error_set(
			error,
			"export.file",
			S_ISLNK(status.st_mode) ? "%s is a symbolic link, which would be replaced; "
						  "name the file itself"
						: "%s is there and is not a regular file",
			path
		);
	return atomic_file_is_possible(path, error)
		|| error_set(error, "export.file", "%s", error->text);
}
