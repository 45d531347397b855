// SPDX-License-Identifier: BSD-3-Clause

#include "control_client.h"

#include "../common/monotonic.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static bool
lost(struct error *error)
{
	return error_set(
		error,
		NULL,
		"Weir closed the control connection: a change may have been made or not"
	);
}

static bool
late(struct error *error)
{
	return error_set(
		error,
		NULL,
		"Weir did not answer within %d s: a change may have been made or not",
		CONTROL_CLIENT_TIMEOUT_MS / 1000
	);
}

// Waits until the socket has an event. False: the deadline has passed.
static bool
wait_for(int fd, short events, uint64_t deadline_ms)
{
	struct pollfd wanted = {.fd = fd, .events = events};
	uint64_t now_ms = monotonic_ms();

	while (now_ms < deadline_ms) {
		if (poll(&wanted, 1, (int)(deadline_ms - now_ms)) > 0)
			return true;
		now_ms = monotonic_ms();
	}
	return false;
}

static bool
send_line(int fd, const json_t *command, uint64_t deadline_ms, struct error *error)
{
	char *text = json_dumps(command, JSON_COMPACT);
	size_t left = text == NULL ? 0 : strlen(text) + 1;
	const char *from = text;

	if (text == NULL)
		return error_set(error, NULL, "no memory");
	text[left - 1] = '\n';
	while (left > 0) {
		if (!wait_for(fd, POLLOUT, deadline_ms)) {
			free(text);
			return late(error);
		}
		ssize_t sent = send(fd, from, left, MSG_NOSIGNAL | MSG_DONTWAIT);

		if (sent < 0 && errno != EAGAIN && errno != EINTR) {
			free(text);
			return lost(error);
		}
		from += sent > 0 ? sent : 0;
		left -= sent > 0 ? (size_t)sent : 0;
	}
	free(text);
	return true;
}

// Receives up to the end of the line; *size: bytes before it.
static bool
receive_line(
	int fd,
	char text[CONTROL_CLIENT_REPLY_MAX],
	size_t *size,
	uint64_t deadline_ms,
	struct error *error
)
{
	size_t used = 0;

	while (used < CONTROL_CLIENT_REPLY_MAX) {
		if (!wait_for(fd, POLLIN, deadline_ms))
			return late(error);
		ssize_t got = recv(fd, text + used, CONTROL_CLIENT_REPLY_MAX - used, MSG_DONTWAIT);

		if (got < 0 && (errno == EAGAIN || errno == EINTR))
			continue;
		if (got <= 0)
			return lost(error);
		const char *end = memchr(text + used, '\n', (size_t)got);

		used += (size_t)got;
		*size = end == NULL ? used : (size_t)(end - text);
		if (end != NULL)
			return true;
	}
	return error_set(
		error, NULL, "Weir's reply has more than %d bytes", CONTROL_CLIENT_REPLY_MAX
	);
}

static json_t *
exchange_lines(int fd, const json_t *command, struct error *error)
{
	uint64_t deadline_ms = monotonic_ms() + CONTROL_CLIENT_TIMEOUT_MS;
	char *text = malloc(CONTROL_CLIENT_REPLY_MAX);
	json_t *reply = NULL;
	size_t size = 0;

	if (text == NULL) {
		error_set(error, NULL, "no memory");
		return NULL;
	}
	if (send_line(fd, command, deadline_ms, error)
	    && receive_line(fd, text, &size, deadline_ms, error)) {
		reply = json_loadb(text, size, JSON_REJECT_DUPLICATES, NULL);
		if (!json_is_object(reply)) {
			json_decref(reply);
			reply = NULL;
			error_set(error, NULL, "Weir's reply is not a JSON object");
		}
	}
	free(text);
	return reply;
}

json_t *
control_client_ask(struct connector *connector, const json_t *command, struct error *error)
{
	int fd = connector_connect(connector);

	if (fd < 0) {
		error_set(error, NULL, "control socket %s: %s", connector->path, strerror(errno));
		return NULL;
	}
	json_t *reply = exchange_lines(fd, command, error);

	close(fd);
	return reply;
}
