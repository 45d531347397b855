// SPDX-License-Identifier: BSD-3-Clause
// Privilege separation. The monitor process keeps root's rights, for Weir's socket belongs to root: it
// connects to Weir on request and passes the descriptor. The server process has no rights and speaks
// HTTP.
//
// A pair of sockets connects them: a byte requests a connection, an errno and a descriptor are the
// reply. Each process ends when the other has ended.

#pragma once

// The monitor process: serves `fd`, one end of the pair, until the other end is closed or `signal_fd`
// has a signal. Then waits for `child` and returns its exit status.
int privsep_monitor_run(int fd, int signal_fd, int child, const char *path);

// The server process: has the monitor at the other end of `fd` connect to Weir. Returns the connection,
// or -1 and errno.
int privsep_connect(int fd);
