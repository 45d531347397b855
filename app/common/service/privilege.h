// SPDX-License-Identifier: BSD-3-Clause
// Dropping privileges, for good.

#pragma once

#include "../error.h"

#include <stdbool.h>
#include <sys/types.h>

struct privilege_user {
	const char *name;
	uid_t uid;
	gid_t gid;
};

// Finds the user to serve as. False, with an error, where there is no such user, or it is root.
bool privilege_find_user(const char *name, struct privilege_user *user, struct error *error);

// Becomes that user, in all threads, with its groups and `group` beside them. For root only.
bool privilege_become(const struct privilege_user *user, gid_t group, struct error *error);

// No program that this thread or one that it starts later executes has more rights than it. Threads that
// run already are not covered: for main(), before it starts any.
bool privilege_forbid_new(struct error *error);

// The same, and no other process of its user reads the memory of this one; without `core_dumps` nor does a
// core dump.
bool privilege_forbid_more(bool core_dumps, struct error *error);

// At most this many descriptors, and no core dumps.
bool privilege_confine(unsigned descriptors, struct error *error);

// No processes or threads from now on.
bool privilege_forbid_processes(struct error *error);
