// SPDX-License-Identifier: BSD-3-Clause
// Client of a running Weir: sends commands to DPDK's telemetry socket and returns the replies, for
// weirctl and weir-gateway.
//
// The socket is a Unix socket of packets (SOCK_SEQPACKET): a greeting, then one JSON reply for each
// command. DPDK 22.11 parses commands with a function that is not thread-safe, so a process keeps one
// connection and has one command outstanding. No function here is thread-safe.

#pragma once

#include "telemetry_socket.h"

#include <jansson.h>

enum {
	TELEMETRY_COMMAND_MAX = 1023, // bytes of a command, DPDK's limit
	TELEMETRY_TIMEOUT_S = 20, // the longest scan of the torrents, and a margin
};

// Codes of errors, borrowed from HTTP.
enum telemetry_code {
	TELEMETRY_OK = 0,
	TELEMETRY_MALFORMED = 400, // Weir does not understand the command
	TELEMETRY_UNKNOWN = 404, // no such command or torrent
	TELEMETRY_UNREACHABLE = 503, // no Weir runs, or it ended before it replied
};

// Why there is no value.
enum telemetry_cause {
	TELEMETRY_CAUSE_NONE,
	TELEMETRY_CAUSE_REFUSED, // Weir replied with an error: other commands may succeed
	TELEMETRY_CAUSE_LATE, // Weir is connected, but did not reply to this command in time
	TELEMETRY_CAUSE_ABSENT, // no Weir runs
	TELEMETRY_CAUSE_FORBIDDEN, // this user may not open the socket
	TELEMETRY_CAUSE_SILENT, // Weir does not accept the connection, or sends no greeting, in time
	TELEMETRY_CAUSE_LOST, // Weir closed the connection: DPDK serves ten clients at a time
};

struct telemetry_error {
	enum telemetry_code code;
	enum telemetry_cause cause;
	char text[256]; // a sentence without a full stop
};

struct telemetry_client;

// Connects a socket to Weir: returns it, or -1 and errno. For processes that cannot open it themselves.
typedef int (*telemetry_connect_function)(void *context);

// Nothing is connected before the first command. NULL without memory.
struct telemetry_client *telemetry_client_new(const char *path);
struct telemetry_client *
telemetry_client_new_by(telemetry_connect_function connect, void *context, const char *path);
void telemetry_client_free(struct telemetry_client *client); // NULL too

// Sets how long to wait for each reply, from the next connection on. Default: TELEMETRY_TIMEOUT_S.
void telemetry_client_set_timeout(struct telemetry_client *client, unsigned seconds);

// Sends a command, for instance "/weir/verdicts,ipv4", and returns the value of its reply, which the
// caller frees (json_decref). NULL: `error` says why, also where Weir replied with an error. Connects
// again where Weir has restarted. Blocks for up to twice the timeout: for the greeting and the reply.
json_t *telemetry_client_get(
	struct telemetry_client *client,
	const char *command,
	struct telemetry_error *error
);

// Process id in Weir's greeting; 0 before the first command.
long telemetry_client_pid(const struct telemetry_client *client);
