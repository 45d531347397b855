// SPDX-License-Identifier: BSD-3-Clause

#include "socket_group.h"

#include <errno.h>
#include <grp.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	GROUP_BYTES = 1 << 16, // of its entry, with the names of its members
	GROUPS_MAX = 1024,
};

// 0, ENOENT, or what getgrnam_r says.
static int
find(const char *name, gid_t *id)
{
	struct group entry, *found;
	char bytes[GROUP_BYTES];
	int why = getgrnam_r(name, &entry, bytes, sizeof(bytes), &found);

	if (found == NULL)
		return why == 0 ? ENOENT : why;
	*id = entry.gr_gid;
	return 0;
}

static bool
is_ours(gid_t id)
{
	gid_t groups[GROUPS_MAX];
	int count = getgroups(GROUPS_MAX, groups);

	for (int i = 0; i < count; i++)
		if (groups[i] == id)
			return true;
	return id == getegid();
}

bool
socket_group_find(const struct config *config, struct socket_group *group, struct error *error)
{
	const char *name = config->control_group;
	gid_t id;
	int why = find(*name != '\0' ? name : SOCKET_GROUP_DEFAULT, &id);

	*group = (struct socket_group){.id = getegid()};
	if (*name == '\0') {
		if (why == 0 && (geteuid() == 0 || is_ours(id)))
			*group = (struct socket_group){id, true};
		return true;
	}
	if (why == ERANGE)
		return error_set(error, "control.group", "%s has too many members", name);
	if (why != 0)
		return error_set(
			error,
			"control.group",
			"there is no group %s: make it with groupadd, or name another",
			name
		);
	*group = (struct socket_group){id, true};
	return true;
}

bool
socket_group_give(const struct socket_group *group, const char *path, mode_t mode)
{
	struct stat status;

	if (lstat(path, &status) != 0)
		return false;
	// The filter of a service may forbid chown; nothing needs it that has its group already.
	if (status.st_gid != group->id && lchown(path, (uid_t)-1, group->id) != 0)
		return false;
	return (status.st_mode & 07777) == mode || chmod(path, mode) == 0;
}
