// SPDX-License-Identifier: BSD-3-Clause
// Where the control socket is, and whom it is for.

#pragma once

#include "../weir.h"

#include <sys/types.h>

enum { CONTROL_PATH_MAX = 108 }; // as in struct sockaddr_un

// control.socket, or `control` in the runtime folder.
void control_path(const struct weir *weir, char path[CONTROL_PATH_MAX]);

// The group control.group, or that of the process. False, and an error, if there is no such group.
bool control_group(const struct config *config, gid_t *group, struct error *error);
