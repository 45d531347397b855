// SPDX-License-Identifier: BSD-3-Clause

#include "connections.h"

#include <stdlib.h>
#include <sys/socket.h>

void
connections_init(struct connections *connections)
{
	*connections = (struct connections){0};
	TAILQ_INIT(&connections->list);
}

// Those cut stand first, until they close.
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
connections_touch(struct connections *connections, struct connection *connection, uint64_t now_ms)
{
	if (connection->cut)
		return;
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

void
connections_sweep(struct connections *connections, uint64_t now_ms)
{
	struct connection *connection;

	while ((connection = oldest(connections)) != NULL
	       && now_ms - connection->since_ms >= CONNECTIONS_REQUEST_MS)
		cut(connections, connection);
}
