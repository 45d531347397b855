// SPDX-License-Identifier: BSD-3-Clause
// The group whose members may use Weir's sockets, for telemetry and for control.

#pragma once

#include "../../common/error.h"
#include "../config/config.h"

#include <stdbool.h>
#include <sys/types.h>

#define SOCKET_GROUP_DEFAULT "weir"

struct socket_group {
	gid_t id;
	bool shared; // others than Weir's user are meant to be members, so the folder of the sockets lets it in
};

// control.group. Where that is empty: SOCKET_GROUP_DEFAULT, if there is such a group and this process may give files
// to it; otherwise that of the process, which is not shared. False, and an error, if there is no such group.
bool
socket_group_find(const struct config *config, struct socket_group *group, struct error *error);

// Gives a file of ours to the group, with this mode. False: errno says why.
bool socket_group_give(const struct socket_group *group, const char *path, mode_t mode);
