// SPDX-License-Identifier: BSD-3-Clause
// Dropping privileges, for good.

#pragma once

#include "../common/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct privilege_user {
	uid_t uid;
	gid_t gid;
};

// Finds the user to serve as: `name`; where that is NULL, "weir" or else "nobody". False, with an error,
// where there is no such user, or it is root.
bool privilege_find_user(const char *name, struct privilege_user *user, struct error *error);

// Becomes that user, without supplementary groups. For root only.
bool privilege_become(const struct privilege_user *user, struct error *error);

// Forbids new privileges by exec, core dumps, and more descriptors than `descriptors`. For root and
// other users.
bool privilege_confine(unsigned descriptors, struct error *error);

// Forbids further processes and threads. Call it after the last one that is needed.
bool privilege_forbid_processes(struct error *error);
