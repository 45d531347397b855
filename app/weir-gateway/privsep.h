// SPDX-License-Identifier: BSD-3-Clause
// Privilege separation. The monitor process keeps root's rights, for Weir's sockets belong to root: it
// connects to one of them on request and passes the descriptor. The server process has no rights and speaks
// HTTP.
//
// A pair of sockets connects them: a byte requests a connection, an errno and a descriptor are the
// reply. Each process ends when the other has ended.

#pragma once

enum privsep_socket { PRIVSEP_TELEMETRY, PRIVSEP_CONTROL, PRIVSEP_SOCKETS };

// The monitor process: serves `fd`, one end of the pair, until the other end is closed or `signal_fd`
// has a signal. Then waits for `child` and returns its exit status. A socket whose path is NULL is not
// connected to.
int privsep_monitor_run(int fd, int signal_fd, int child, const char *const paths[PRIVSEP_SOCKETS]);

// Connects to a socket of Weir. Returns the connection, or -1 and errno.
int privsep_connect_here(enum privsep_socket socket, const char *path);

// The server process: has the monitor at the other end of `fd` connect to Weir. Returns the connection,
// or -1 and errno. Any thread.
int privsep_connect(int fd, enum privsep_socket socket);
