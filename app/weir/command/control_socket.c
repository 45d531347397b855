// SPDX-License-Identifier: BSD-3-Clause

#include "control_socket.h"

#include "../setup/socket_files.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

enum { BACKLOG = 64, GROUPS_MAX = 1024 };

static bool
fail(const struct control_socket *listening, const char *what, struct error *error)
{
	return error_set(
		error, "control.socket", "%s %s: %s", listening->path, what, strerror(errno)
	);
}

// The file is closed to all others until it has its group.
static bool
bind_file(struct control_socket *listening, struct error *error)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	struct stat status;

	snprintf(address.sun_path, sizeof(address.sun_path), "%s", listening->path);
	if (fchmod(listening->fd, 0600) != 0
	    || bind(listening->fd, (const struct sockaddr *)&address, sizeof(address)) != 0)
		return fail(listening, "cannot be made", error);
	if (lstat(listening->path, &status) != 0)
		return fail(listening, "cannot be checked", error);
	listening->device = status.st_dev;
	listening->inode = status.st_ino;
	if (!socket_group_give(&listening->group, listening->path, 0660))
		return fail(listening, "cannot be given to the group of control.group", error);
	if (listen(listening->fd, BACKLOG) != 0)
		return fail(listening, "cannot be opened to its group", error);
	return true;
}

bool
control_socket_open(struct control_socket *listening, const struct weir *weir, struct error *error)
{
	bool removed;

	*listening = (struct control_socket){.fd = -1};
	control_path(weir, listening->path);
	if (!socket_group_find(weir->config, &listening->group, error))
		return false;
	if (!socket_file_clear(listening->path, &removed, error))
		return error_set(error, "control.socket", "control.socket: %s", error->text);
	listening->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (listening->fd < 0)
		return fail(listening, "cannot be made", error);
	if (bind_file(listening, error))
		return true;
	control_socket_close(listening);
	return false;
}

void
control_socket_close(struct control_socket *listening)
{
	struct stat status;

	if (listening->fd < 0)
		return;
	close(listening->fd);
	listening->fd = -1;
	if (listening->inode != 0 && lstat(listening->path, &status) == 0
	    && status.st_dev == listening->device && status.st_ino == listening->inode)
		unlink(listening->path);
}

// The mode of the file says the same, unless somebody has changed it.
static bool
is_allowed(const struct control_socket *listening, int fd, const struct ucred *peer)
{
	gid_t groups[GROUPS_MAX];
	socklen_t bytes = sizeof(groups);

	if (peer->uid == 0 || peer->uid == geteuid() || peer->gid == listening->group.id)
		return true;
	if (getsockopt(fd, SOL_SOCKET, SO_PEERGROUPS, groups, &bytes) != 0)
		return false;
	for (unsigned i = 0; i < bytes / sizeof(*groups); i++)
		if (groups[i] == listening->group.id)
			return true;
	return false;
}

int
control_socket_accept(const struct control_socket *listening, struct ucred *peer)
{
	int fd = accept4(listening->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
	socklen_t bytes = sizeof(*peer);

	if (fd < 0)
		return -1;
	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, peer, &bytes) == 0
	    && is_allowed(listening, fd, peer))
		return fd;
	close(fd);
	errno = EACCES;
	return -1;
}
