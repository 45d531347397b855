// SPDX-License-Identifier: BSD-3-Clause

#include "connections.h"

#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>

void
connections_init(struct connections *connections)
{
	*connections = (struct connections){0};
	TAILQ_INIT(&connections->list);
}

// Connections that were cut stand first in the list, until they close.
static void
cut(struct connections *connections, struct connection *connection)
{
	connection->cut = true;
	connections->count--;
	connections->cuts++;
	shutdown(connection->fd, SHUT_RDWR);
}

static struct connection *
oldest(struct connections *connections)
{
	struct connection *connection;

	TAILQ_FOREACH (connection, &connections->list, next)
		if (!connection->cut)
			break;
	return connection;
}

struct connection *
connections_open(struct connections *connections, int fd, uint64_t now_ms)
{
	struct connection *connection = calloc(1, sizeof(*connection));

	if (connection == NULL)
		return NULL;
	if (connections->count == CONNECTIONS_MAX)
		cut(connections, oldest(connections));
	connection->fd = fd;
	connection->since_ms = now_ms;
	TAILQ_INSERT_TAIL(&connections->list, connection, next);
	connections->count++;
	return connection;
}

void
connections_touch(
	struct connections *connections,
	struct connection *connection,
	bool busy,
	uint64_t now_ms
)
{
	if (connection->cut)
		return;
	connection->busy = busy;
	connection->since_ms = now_ms;
	TAILQ_REMOVE(&connections->list, connection, next);
	TAILQ_INSERT_TAIL(&connections->list, connection, next);
}

void
connections_close(struct connections *connections, struct connection *connection)
{
	TAILQ_REMOVE(&connections->list, connection, next);
	connections->count -= !connection->cut;
	free(connection);
}

static bool
is_half_closed(const struct connection *connection)
{
	struct pollfd fd = {.fd = connection->fd, .events = POLLRDHUP};

	return poll(&fd, 1, 0) == 1 && (fd.revents & POLLRDHUP) != 0;
}

void
connections_sweep(struct connections *connections, uint64_t now_ms)
{
	struct connection *connection;

	TAILQ_FOREACH (connection, &connections->list, next) {
		uint64_t age_ms = now_ms - connection->since_ms;

		if (connection->cut)
			continue;
		if (age_ms < CONNECTIONS_QUIET_MS)
			return; // the others are younger
		if (age_ms >= CONNECTIONS_REQUEST_MS
		    || (!connection->busy && is_half_closed(connection)))
			cut(connections, connection);
	}
}
