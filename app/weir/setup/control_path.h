// SPDX-License-Identifier: BSD-3-Clause
// Where the control socket is.

#pragma once

#include "../weir.h"

enum { CONTROL_PATH_MAX = 108 }; // as in struct sockaddr_un

// control.socket, or `control` in the runtime folder.
void control_path(const struct weir *weir, char path[CONTROL_PATH_MAX]);
