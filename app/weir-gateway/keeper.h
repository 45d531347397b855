// SPDX-License-Identifier: BSD-3-Clause
// The process that stays root where Weir's socket is root's. All it does: connect to Weir when it
// is asked to, and hand the connection over. The other one, without rights, speaks HTTP.
//
// Between them is a pair of sockets: a byte asks, an errno and a descriptor answer. Each ends when
// the other has.

#pragma once

// The keeper: serves `fd`, one end of the pair, until the other is closed or a signal of
// `signal_fd` comes; waits for `child` and returns its exit status.
int keeper_run(int fd, int signal_fd, int child, const char *path);

// The other process: a connection to Weir by the keeper behind `fd`. -1: errno says why.
int keeper_dial(int fd);
