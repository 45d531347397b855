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

static const char *const default_users[] = {"weir", "nobody"};

bool
privilege_find_user(const char *name, struct privilege_user *user, char *why, size_t size)
{
	const struct passwd *entry = NULL;

	if (name != NULL)
		entry = getpwnam(name);
	for (unsigned i = 0; name == NULL && entry == NULL && i < 2; i++)
		entry = getpwnam(default_users[i]);
	if (entry == NULL) {
		snprintf(why, size, "there is no such user");
		return false;
	}
	if (entry->pw_uid == 0) {
		snprintf(why, size, "must not be root: this user serves the network");
		return false;
	}
	*user = (struct privilege_user){entry->pw_uid, entry->pw_gid};
	return true;
}

static bool
fail(const char *what, char *why, size_t size)
{
	snprintf(why, size, "%s: %s", what, strerror(errno));
	return false;
}

bool
privilege_become(const struct privilege_user *user, char *why, size_t size)
{
	if (setgroups(0, NULL) != 0)
		return fail("setgroups", why, size);
	if (setresgid(user->gid, user->gid, user->gid) != 0)
		return fail("setresgid", why, size);
	if (setresuid(user->uid, user->uid, user->uid) != 0)
		return fail("setresuid", why, size);
	if (setuid(0) == 0) {
		snprintf(why, size, "could still become root again");
		return false;
	}
	return true;
}

static bool
limit(int resource, rlim_t max, const char *name, char *why, size_t size)
{
	const struct rlimit limits = {max, max};

	return setrlimit(resource, &limits) == 0 || fail(name, why, size);
}

bool
privilege_confine(unsigned descriptors, char *why, size_t size)
{
	struct rlimit now;

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		return fail("PR_SET_NO_NEW_PRIVS", why, size);
	if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0)
		return fail("PR_SET_DUMPABLE", why, size);
	if (getrlimit(RLIMIT_NOFILE, &now) != 0)
		return fail("RLIMIT_NOFILE", why, size);
	if (now.rlim_max < descriptors) {
		snprintf(
			why, size, "needs %u descriptors, may have %lu", descriptors, now.rlim_max
		);
		return false;
	}
	return limit(RLIMIT_CORE, 0, "RLIMIT_CORE", why, size)
		&& limit(RLIMIT_NOFILE, descriptors, "RLIMIT_NOFILE", why, size);
}

bool
privilege_forbid_processes(char *why, size_t size)
{
	return limit(RLIMIT_NPROC, 0, "RLIMIT_NPROC", why, size);
}
