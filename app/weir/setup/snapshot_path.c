// SPDX-License-Identifier: BSD-3-Clause

#include "snapshot_path.h"

#include "../../common/atomic_file.h"
#include "../../common/plain_file.h"

#include <rte_common.h>

#include <errno.h>
#include <string.h>
#include <unistd.h>

// Whether a snapshot would overwrite the file `other`, or one beside it.
static bool
overwrites(const char *path, const char *other)
{
	static const char *const ends[] = {"", ".1", ".1.new", ".new", ".refused", ".lock"};
	size_t len = strlen(path);

	if (strncmp(path, other, len) != 0)
		return false;
	for (unsigned i = 0; i < RTE_DIM(ends); i++)
		if (strcmp(other + len, ends[i]) == 0)
			return true;
	return false;
}

bool
snapshot_path_check(const struct config *config, struct error *error)
{
	const struct {
		const char *setting, *path;
	} others[] = {
		{"tracker.key_file", config->key_file},
		{"export.file", config->export_file},
		{"access.file", config->access_file},
		{"access.clients_file", config->clients_file},
		{"sources.deny_file", config->deny_file},
		{"keys.file", config->keys_file},
	};
	const char *path = config->snapshot_file;
	struct error why;

	if (*path == '\0')
		return true;
	for (unsigned i = 0; i < RTE_DIM(others); i++)
		if (*others[i].path != '\0' && overwrites(path, others[i].path))
			return error_set(
				error,
				"snapshot.file",
				"%.300s would overwrite %s, %.300s",
				path,
				others[i].setting,
				others[i].path
			);
	int fd = plain_file_open(path, PLAIN_FILE_SECRET, &why);

	if (fd >= 0)
		close(fd);
	else if (errno != ENOENT && errno != ENOTDIR)
		return error_set(error, "snapshot.file", "%.300s %s", path, why.text);
	return atomic_file_is_possible(path, error)
		|| error_set(error, "snapshot.file", "%s", error->text);
}
