// SPDX-License-Identifier: BSD-3-Clause

#include "privilege.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

enum { GROUPS_MAX = 256 };

bool
privilege_find_user(const char *name, struct privilege_user *user, struct error *error)
{
	const struct passwd *entry = getpwnam(name);

	if (entry == NULL)
		return error_set(error, NULL, "there is no such user");
	if (entry->pw_uid == 0)
		return error_set(error, NULL, "must not be root: this user serves the network");
	*user = (struct privilege_user){name, entry->pw_uid, entry->pw_gid};
	return true;
}

static bool
fail(const char *what, struct error *error)
{
	return error_set(error, NULL, "%s: %s", what, strerror(errno));
}

bool
privilege_become(const struct privilege_user *user, gid_t group, struct error *error)
{
	gid_t groups[GROUPS_MAX];
	int count = GROUPS_MAX - 1;

	if (getgrouplist(user->name, user->gid, groups, &count) < 0)
		return error_set(error, NULL, "is a member of more than %d groups", count);
	groups[count++] = group;
	if (setgroups((size_t)count, groups) != 0)
		return fail("setgroups", error);
	if (setresgid(user->gid, user->gid, user->gid) != 0)
		return fail("setresgid", error);
	if (setresuid(user->uid, user->uid, user->uid) != 0)
		return fail("setresuid", error);
	if (setuid(0) == 0)
		return error_set(error, NULL, "could still become root again");
	return true;
}

bool
privilege_forbid_new(struct error *error)
{
	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 || fail("PR_SET_NO_NEW_PRIVS", error);
}

bool
privilege_forbid_more(bool core_dumps, struct error *error)
{
	if (!privilege_forbid_new(error))
		return false;
	return core_dumps || prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == 0
		|| fail("PR_SET_DUMPABLE", error);
}

static bool
limit(int resource, rlim_t max, const char *name, struct error *error)
{
	const struct rlimit limits = {max, max};

	return setrlimit(resource, &limits) == 0 || fail(name, error);
}

bool
privilege_confine(unsigned descriptors, struct error *error)
{
	struct rlimit now;

	if (!privilege_forbid_more(false, error))
		return false;
	if (getrlimit(RLIMIT_NOFILE, &now) != 0)
		return fail("RLIMIT_NOFILE", error);
	if (now.rlim_max < descriptors)
		return error_set(
			error, NULL, "needs %u descriptors, may have %lu", descriptors, now.rlim_max
		);
	return limit(RLIMIT_CORE, 0, "RLIMIT_CORE", error)
		&& limit(RLIMIT_NOFILE, descriptors, "RLIMIT_NOFILE", error);
}

bool
privilege_forbid_processes(struct error *error)
{
	return limit(RLIMIT_NPROC, 0, "RLIMIT_NPROC", error);
}
