// SPDX-License-Identifier: BSD-3-Clause

#include "client.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { RECEIVE_BYTES = 1 << 16 };

void
client_open(
	struct client *client,
	int fd,
	const struct ucred *peer,
	uint64_t number,
	uint64_t now_ms
)
{
	*client = (struct client){
		.fd = fd,
		.peer = *peer,
		.number = number,
		.active_ms = now_ms,
		.sent_ms = now_ms,
	};
}

void
client_close(struct client *client)
{
	close(client->fd);
	free(client->in);
	free(client->out);
	*client = (struct client){.fd = -1};
}

// Makes space for a piece.
static bool
make_room(struct client *client)
{
	size_t needed = client->in_len + RECEIVE_BYTES;

	if (needed <= client->in_size)
		return true;
	size_t size = client->in_size * 2 > needed ? client->in_size * 2 : needed;
	char *in = realloc(client->in, size);

	if (in == NULL)
		return false;
	client->in = in;
	client->in_size = size;
	return true;
}

// Notes how much of the bytes has no line feed.
static void
search(struct client *client)
{
	const char *end = NULL;

	if (client->in_len > client->searched)
		end = memchr(
			client->in + client->searched, '\n', client->in_len - client->searched
		);
	client->searched = end == NULL ? client->in_len : (size_t)(end - client->in);
}

bool
client_receive(struct client *client)
{
	if (!make_room(client))
		return false;
	ssize_t got = recv(client->fd, client->in + client->in_len, RECEIVE_BYTES, MSG_DONTWAIT);

	if (got < 0)
		return errno == EAGAIN || errno == EINTR;
	client->ended = got == 0;
	client->in_len += (size_t)got;
	search(client);
	return true;
}

bool
client_line(const struct client *client, size_t *len)
{
	*len = client->searched;
	return client->searched < client->in_len && client->searched <= CONTROL_REQUEST_MAX
		&& client->out == NULL && !client->busy && !client->closing;
}

void
client_skip_line(struct client *client, size_t len, uint64_t now_ms)
{
	size_t skip = len + 1;

	client->in_len -= skip;
	memmove(client->in, client->in + skip, client->in_len);
	client->searched = 0;
	client->active_ms = now_ms;
	if (client->in_len == 0) {
		free(client->in);
		client->in = NULL;
		client->in_size = 0;
	}
	search(client);
}

const char *
client_problem(const struct client *client)
{
	if (client->out != NULL || client->busy || client->closing)
		return NULL;
	if (client->searched > CONTROL_REQUEST_MAX)
		return "the request has more than 1 MiB";
	if (client->ended && client->in_len > 0 && client->searched == client->in_len)
		return "the request does not end with a line feed";
	return NULL;
}

bool
client_reply(struct client *client, char *text, uint64_t now_ms)
{
	client->out = text;
	client->out_len = strlen(text);
	client->out_at = 0;
	client->active_ms = now_ms;
	client->sent_ms = now_ms;
	return client_send(client, now_ms);
}

bool
client_send(struct client *client, uint64_t now_ms)
{
	while (client->out_at < client->out_len) {
		ssize_t sent =
			send(client->fd,
			     client->out + client->out_at,
			     client->out_len - client->out_at,
			     MSG_DONTWAIT | MSG_NOSIGNAL);

		if (sent < 0)
			return errno == EAGAIN || errno == EINTR;
		client->out_at += (size_t)sent;
		client->sent_ms = now_ms;
	}
	free(client->out);
	client->out = NULL;
	client->active_ms = now_ms;
	return true;
}

bool
client_is_over(const struct client *client, uint64_t now_ms)
{
	if (client->busy)
		return false;
	if (client->out != NULL)
		return now_ms - client->sent_ms > CLIENT_STUCK_MS;
	return client->closing || (client->ended && client->in_len == 0)
		|| now_ms - client->active_ms > CLIENT_IDLE_MS;
}

short
client_events(const struct client *client)
{
	bool line_waits = client->searched < client->in_len; // so no more bytes are needed

	if (client->out != NULL)
		return POLLOUT;
	return client->busy || client->ended || client->closing || line_waits ? 0 : POLLIN;
}
