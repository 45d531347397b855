// SPDX-License-Identifier: BSD-3-Clause

#include "telemetry_socket.h"

#include "unix_socket.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { CONNECT_TIMEOUT_S = 2 }; // DPDK accepts ten connections and no more

// Weirs of services.
static const char service_folder[] = "/run/weir";

static const char *
own_folder(void)
{
	const char *folder = getenv("XDG_RUNTIME_DIR");

	if (geteuid() == 0)
		return "/var/run";
	return folder == NULL || *folder == '\0' ? "/tmp" : folder;
}

static bool
print(const char *folder, const char *file_prefix, char path[TELEMETRY_PATH_MAX])
{
	return snprintf(
		       path, TELEMETRY_PATH_MAX, "%s/dpdk/%s/dpdk_telemetry.v2", folder, file_prefix
	       ) < TELEMETRY_PATH_MAX;
}

// 2: somebody listens; 1: a socket that a dead process left, or that is not for us; 0: there is none.
static int
life_at(const char *path)
{
	int fd = telemetry_connect(path);

	if (fd >= 0)
		close(fd);
	return fd >= 0 ? 2 : errno != ENOENT && errno != ENOTDIR;
}

bool
telemetry_socket_path(const char *file_prefix, char path[TELEMETRY_PATH_MAX])
{
	const char *named = getenv("RUNTIME_DIRECTORY");
	const char *folders[] = {own_folder(), service_folder, "/var/run"};
	char tried[TELEMETRY_PATH_MAX];
	int best = 0;

	if (named != NULL && *named != '\0')
		return print(named, file_prefix, path);
	if (!print(folders[0], file_prefix, path))
		return false;
	for (size_t i = 0; i < sizeof(folders) / sizeof(*folders) && best < 2; i++) {
		int life = print(folders[i], file_prefix, tried) ? life_at(tried) : 0;

		if (life > best)
			memcpy(path, tried, sizeof(tried));
		best = life > best ? life : best;
	}
	return true;
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
