// SPDX-License-Identifier: BSD-3-Clause
// The socket that operators connect to: made at start, removed at the end.

#pragma once

#include "../setup/control_path.h"
#include "../setup/socket_group.h"

#include <sys/socket.h>

struct control_socket {
	int fd; // listens, does not block
	struct socket_group group; // may use it
	char path[CONTROL_PATH_MAX];
	dev_t device; // of the file at `path`
	ino_t inode;
};

// Makes the socket, mode 0660. A file of a dead process is replaced; anything else at its path is an
// error.
bool
control_socket_open(struct control_socket *listening, const struct weir *weir, struct error *error);

// Closes it and removes its file, unless another has taken its place.
void control_socket_close(struct control_socket *listening);

// A connection that waits, as far as its user may use the socket: root, the user of Weir, the group.
// -1: errno is EAGAIN if none waits, EACCES if the user may not.
int control_socket_accept(const struct control_socket *listening, struct ucred *peer);
