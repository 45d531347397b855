// SPDX-License-Identifier: BSD-3-Clause

#include "control_socket.h"

#include "unix_socket.h"

#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

enum { CONNECT_TIMEOUT_S = 2 };

bool
control_socket_path(const char *telemetry_path, char path[TELEMETRY_PATH_MAX])
{
	const char *name = strrchr(telemetry_path, '/');
	int folder = name == NULL ? 0 : (int)(name + 1 - telemetry_path);

	return snprintf(path, TELEMETRY_PATH_MAX, "%.*scontrol", folder, telemetry_path)
		< TELEMETRY_PATH_MAX;
}

int
control_socket_connect(const char *path)
{
	return unix_socket_connect(path, SOCK_STREAM, CONNECT_TIMEOUT_S);
}
