// SPDX-License-Identifier: BSD-3-Clause
// One client of the control socket: what it has sent and not been served yet, and the reply that waits to
// be sent. Nothing blocks. Owned by the thread of the socket.

#pragma once

#include "control_request.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

enum {
	CLIENT_IDLE_MS = 60000, // without a whole request, before it is closed
	CLIENT_STUCK_MS = 10000, // without taking a byte of its reply, before it is closed
};

struct client {
	int fd; // -1: there is none
	struct ucred peer;
	uint64_t number; // no two are the same
	bool busy; // its request runs in the runner
	bool ended; // it sends no more
	bool closing; // is closed once the reply is sent
	uint64_t active_ms; // when it was connected, or had its last whole request or reply
	uint64_t sent_ms; // when it last took bytes of the reply
	char *in; // received
	size_t in_len, in_size;
	size_t searched; // bytes of it without a line feed
	char *out; // the reply; NULL: none
	size_t out_len, out_at; // its bytes, and those that are sent
};

void client_open(
	struct client *client,
	int fd,
	const struct ucred *peer,
	uint64_t number,
	uint64_t now_ms
);
void client_close(struct client *client);

// Receives what has arrived, at most 64 KiB. False: the connection is broken.
bool client_receive(struct client *client);

// A whole line that waits, as long as no reply does: its bytes without the line feed. False: none.
bool client_line(const struct client *client, size_t *len);
// Forgets that line.
void client_skip_line(struct client *client, size_t len, uint64_t now_ms);

// What no line can come of: it is too long, or the client has ended within it. NULL: nothing is wrong.
const char *client_problem(const struct client *client);

// Queues a reply, a text to free, and begins to send it. False: the connection is broken.
bool client_reply(struct client *client, char *text, uint64_t now_ms);
bool client_send(struct client *client, uint64_t now_ms);

// Whether it has to be closed now: it is done, idle, or does not read.
bool client_is_over(const struct client *client, uint64_t now_ms);

// What to wait for, for poll(2); 0: nothing, not even its end.
short client_events(const struct client *client);
