// SPDX-License-Identifier: BSD-3-Clause

#include "control_path.h"

#include <errno.h>
#include <grp.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { GROUP_BYTES = 1 << 16 }; // of its entry, with the names of its members

void
control_path(const struct weir *weir, char path[CONTROL_PATH_MAX])
{
	const char *named = weir->config->control_socket;

	if (*named != '\0')
		snprintf(path, CONTROL_PATH_MAX, "%s", named);
	else
		snprintf(path, CONTROL_PATH_MAX, "%s/control", weir->runtime_folder);
}

bool
control_group(const struct config *config, gid_t *group, struct error *error)
{
	struct group entry, *found;
	char bytes[GROUP_BYTES];

	*group = getegid();
	if (*config->control_group == '\0')
		return true;
	int why = getgrnam_r(config->control_group, &entry, bytes, sizeof(bytes), &found);

	if (why == ERANGE)
		return error_set(
			error, "control.group", "%s has too many members", config->control_group
		);
	if (found == NULL)
		return error_set(
			error,
			"control.group",
			"there is no group %s: make it with groupadd, or name another",
			config->control_group
		);
	*group = entry.gr_gid;
	return true;
}
