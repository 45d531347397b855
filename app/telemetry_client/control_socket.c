// SPDX-License-Identifier: BSD-3-Clause

#include "control_socket.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

enum { CONNECT_TIMEOUT_S = 2 }; // a Weir that hangs accepts some connections and no more

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
	const struct timeval timeout = {.tv_sec = CONNECT_TIMEOUT_S};
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return -1;
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &timeout, sizeof(timeout));
	snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
	if (connect(fd, (struct sockaddr *)&address, sizeof(address)) == 0)
		return fd;
	int error = errno;

	close(fd);
	errno = error;
	return -1;
}
