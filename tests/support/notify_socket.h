// SPDX-License-Identifier: BSD-3-Clause
// A service manager that hears what a program tells it: the socket of NOTIFY_SOCKET.

#pragma once

#include <stdbool.h>

// Binds the socket, and sets NOTIFY_SOCKET of the environment.
void notify_socket_open(void);
void notify_socket_close(void);

// The next message, which holds until the next call; "" if there is none.
const char *notify_socket_read(void);

// Reads all messages that wait; true if one has `line`.
bool notify_socket_has(const char *line);
