// SPDX-License-Identifier: BSD-3-Clause

#include "socket_files.h"

#include <rte_common.h>

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

// Which devices listen, and where: with `option` set to `listens`; or NULL: unless it is "1".
static const struct {
	const char *device;
	const char *path_option;
	const char *option;
	const char *listens;
	const char *abstract_option; // "no": the path is one; NULL: it always is
} devices[] = {
	{"net_memif", "socket", "role", "server", "socket-abstract"},
	{"net_virtio_user", "path", "server", "1", NULL},
	{"net_vhost", "iface", "client", NULL, NULL},
};

// The value of an option in "device,name=value,...": false where it is not named.
static bool
option_value(const char *text, const char *name, char *value, size_t size)
{
	size_t len = strlen(name);

	*value = '\0';
	while ((text = strchr(text, ',')) != NULL) {
		text++;
		if (strncmp(text, name, len) != 0 || text[len] != '=')
			continue;
		text += len + 1;
		size_t value_len = strcspn(text, ",");

		if (value_len >= size)
			return false;
		memcpy(value, text, value_len);
		value[value_len] = '\0';
		return true;
	}
	return false;
}

static void
add(struct socket_files *files, const char *path)
{
	for (unsigned i = 0; i < files->count; i++)
		if (strcmp(files->paths[i], path) == 0)
			return;
	if (files->count < SOCKET_FILES_MAX)
		memcpy(files->paths[files->count++], path, strlen(path) + 1);
}

// `device`: what follows --vdev.
static void
add_device(struct socket_files *files, const char *device)
{
	char path[SOCKET_FILE_PATH_MAX], value[16];

	for (unsigned i = 0; i < RTE_DIM(devices); i++) {
		if (strncmp(device, devices[i].device, strlen(devices[i].device)) != 0)
			continue;
		option_value(device, devices[i].option, value, sizeof(value));
		bool listens = devices[i].listens == NULL ? strcmp(value, "1") != 0
							  : strcmp(value, devices[i].listens) == 0;

		if (devices[i].abstract_option != NULL) {
			option_value(device, devices[i].abstract_option, value, sizeof(value));
			listens = listens && strcmp(value, "no") == 0;
		}
		if (listens && option_value(device, devices[i].path_option, path, sizeof(path))
		    && *path == '/')
			add(files, path);
	}
}

static void
add_argument(struct socket_files *files, const char *argument, const char *next)
{
	static const char option[] = "--vdev";
	const size_t len = sizeof(option) - 1;

	if (strncmp(argument, option, len) != 0)
		return;
	if (argument[len] == '=')
		add_device(files, argument + len + 1);
	else if (argument[len] == '\0' && next != NULL)
		add_device(files, next);
}

void
socket_files_find(struct socket_files *files, const struct weir *weir)
{
	const struct config_strings *driver = &weir->config->driver_eal;

	files->count = 0;
	for (unsigned i = 0; i < driver->count; i++)
		add_argument(
			files, driver->items[i], i + 1 < driver->count ? driver->items[i + 1] : NULL
		);
	for (int i = 0; i < weir->eal_argument_count; i++)
		add_argument(
			files,
			weir->eal_arguments[i],
			i + 1 < weir->eal_argument_count ? weir->eal_arguments[i + 1] : NULL
		);
}

// The process that listens; 0: one does, but it is not known which; -1: none does.
static pid_t
listener_of(const char *path)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	struct ucred peer = {0};
	socklen_t len = sizeof(peer);
	int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd < 0)
		return 0;
	snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
	bool listens = connect(fd, (const struct sockaddr *)&address, sizeof(address)) == 0;
	bool dead = !listens && errno == ECONNREFUSED;

	if (listens)
		getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &len);
	close(fd);
	return dead ? -1 : peer.pid;
}

bool
socket_file_clear(const char *path, bool *removed, struct error *error)
{
	struct stat status;

	*removed = false;
	if (lstat(path, &status) != 0)
		return true; // nothing there, or DPDK will report the error
	if (!S_ISSOCK(status.st_mode))
		return error_set(
			error, NULL, "%s is there and is not a socket: name another", path
		);
	pid_t listener = listener_of(path);

	if (listener > 0)
		error_set(error, NULL, "process %d listens on %s", (int)listener, path);
	else if (listener == 0)
		error_set(error, NULL, "another process has the socket %s", path);
	else if (unlink(path) != 0)
		error_set(
			error,
			NULL,
			"%s, left behind by a dead process, cannot be removed: %s",
			path,
			strerror(errno)
		);
	else
		*removed = true;
	return *removed;
}
