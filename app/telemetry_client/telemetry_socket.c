// SPDX-License-Identifier: BSD-3-Clause

#include "telemetry_socket.h"

#include "unix_socket.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

enum { CONNECT_TIMEOUT_S = 2 }; // DPDK accepts ten connections and no more

bool
telemetry_socket_path(const char *file_prefix, char path[TELEMETRY_PATH_MAX])
{
	const char *folder = getenv("RUNTIME_DIRECTORY");

	if (folder == NULL || *folder == '\0')
		folder = geteuid() == 0 ? "/var/run" : getenv("XDG_RUNTIME_DIR");
	if (folder == NULL || *folder == '\0')
		folder = "/tmp";
	return snprintf(
		       path, TELEMETRY_PATH_MAX, "%s/dpdk/%s/dpdk_telemetry.v2", folder, file_prefix
	       ) < TELEMETRY_PATH_MAX;
}

bool
telemetry_find_socket(
	const char *file_prefix,
	const char *socket,
	char path[TELEMETRY_PATH_MAX],
	char *why,
	size_t size
)
{
	bool fits;

	if (socket != NULL && file_prefix != NULL) {
		snprintf(why, size, "--file-prefix and --socket exclude each other");
		return false;
	}
	if (socket != NULL)
		fits = snprintf(path, TELEMETRY_PATH_MAX, "%s", socket) < TELEMETRY_PATH_MAX;
	else
		fits = telemetry_socket_path(file_prefix == NULL ? "weir" : file_prefix, path);
	if (!fits)
		snprintf(
			why,
			size,
			"--%s: the path of the socket has more than %d bytes",
			socket != NULL ? "socket" : "file-prefix",
			TELEMETRY_PATH_MAX - 1
		);
	return fits;
}

int
telemetry_connect(const char *path)
{
	return unix_socket_connect(path, SOCK_SEQPACKET, CONNECT_TIMEOUT_S);
}
