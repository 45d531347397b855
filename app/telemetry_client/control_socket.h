// SPDX-License-Identifier: BSD-3-Clause
// Weir's control socket: where it is, and connecting to it.

#pragma once

#include "telemetry_socket.h"

// The path beside the telemetry socket. False where it is too long.
bool control_socket_path(const char *telemetry_path, char path[TELEMETRY_PATH_MAX]);

// Connects a socket. -1: errno says why.
int control_socket_connect(const char *path);
