// SPDX-License-Identifier: BSD-3-Clause
// Connecting to a Unix socket.

#pragma once

// Connects a socket of `type` (SOCK_STREAM, SOCK_SEQPACKET) to `path`. It waits for up to `timeout_s` seconds: a
// server that hangs accepts a few connections and no more. -1: errno says why.
int unix_socket_connect(const char *path, int type, unsigned timeout_s);
