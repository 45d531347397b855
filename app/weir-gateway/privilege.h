// SPDX-License-Identifier: BSD-3-Clause
// Giving up rights, for good.

#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct privilege_user {
	uid_t uid;
	gid_t gid;
};

// Who serves: `name`, or where that is NULL "weir", or "nobody". False, and a sentence in `why`,
// where there is no such user, or it is root.
bool privilege_find_user(const char *name, struct privilege_user *user, char *why, size_t size);

// Becomes that user, without any other group. Only root can.
bool privilege_become(const struct privilege_user *user, char *why, size_t size);

// No new rights by other programs, no dump of memory, no more descriptors than `descriptors`.
// Whoever the process is.
bool privilege_confine(unsigned descriptors, char *why, size_t size);

// No further process or thread. Behind the last one that is needed.
bool privilege_forbid_processes(char *why, size_t size);
