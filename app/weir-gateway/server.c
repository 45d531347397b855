// SPDX-License-Identifier: BSD-3-Clause
// libmicrohttpd runs without threads of its own: MHD_run is called whenever one of its sockets is
// ready. A request that needs Weir is suspended (pending.h) until the handler thread has its response.

#include "server.h"

#include "../common/monotonic.h"
#include "../common/service/service_manager.h"
#include "connections.h"
#include "pending.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { SWEEP_MS = 1000 };

struct server {
	const struct tokens *tokens;
	struct gateway_stats *stats;
	unsigned count;
	struct MHD_Daemon *daemons[SERVER_LISTENERS_MAX];
	struct connections connections;
	struct pending pending;
	uint64_t swept_ms;
};

static struct connection *
connection_of(struct MHD_Connection *connection)
{
	const union MHD_ConnectionInfo *info =
		MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);

	return info == NULL ? NULL : info->socket_context;
}

static void
publish_connections(struct server *server)
{
	stats_set(&server->stats->connections, server->connections.count);
	stats_set(&server->stats->connections_cut, server->connections.cuts);
}

static void
on_connection(
	void *context,
	struct MHD_Connection *connection,
	void **socket_context,
	enum MHD_ConnectionNotificationCode code
)
{
	struct server *server = context;

	if (code == MHD_CONNECTION_NOTIFY_STARTED) {
		const union MHD_ConnectionInfo *info =
			MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);

		*socket_context =
			connections_open(&server->connections, info->connect_fd, monotonic_ms());
	} else if (*socket_context != NULL) {
		connections_close(&server->connections, *socket_context);
	}
	publish_connections(server);
}

// A request begins. libmicrohttpd passes the returned pointer to each later callback of the request.
static void *
on_target(void *context, const char *target, struct MHD_Connection *connection)
{
	struct server *server = context;
	struct connection *opened = connection_of(connection);

	if (opened != NULL)
		connections_touch(&server->connections, opened, true, monotonic_ms());
	return exchange_new(connection, target);
}

static enum MHD_Result
on_request(
	void *context,
	struct MHD_Connection *connection,
	const char *url,
	const char *method,
	const char *version,
	const char *upload,
	size_t *upload_size,
	void **request_context
)
{
	struct server *server = context;
	struct exchange *exchange = *request_context;

	(void)connection;
	(void)url; // decoded: exchange->target is what the client sent
	(void)version;
	size_t size = *upload_size;

	*upload_size = 0;
	if (exchange == NULL || exchange->task != NULL)
		return MHD_NO;
	if (!exchange->parsed) {
		exchange_parse(exchange, method, server->tokens);
		// A response before the end of the request also closes the connection.
		return exchange->close ? exchange_respond(exchange, server->stats) : MHD_YES;
	}
	if (size > 0) {
		exchange_take_body(exchange, upload, size);
		return MHD_YES;
	}
	if (exchange->response.status == 0)
		exchange_end_body(exchange);
	if (exchange->response.status == 0 && exchange->request.route != ROUTE_file)
		return pending_add(&server->pending, exchange);
	return exchange_respond(exchange, server->stats);
}

static void
on_completed(
	void *context,
	struct MHD_Connection *connection,
	void **request_context,
	enum MHD_RequestTerminationCode code
)
{
	struct server *server = context;
	struct connection *opened = connection_of(connection);

	(void)code;
	if (opened != NULL)
		connections_touch(&server->connections, opened, false, monotonic_ms());
	if (*request_context != NULL)
		exchange_free(*request_context);
	*request_context = NULL;
}

// Leaves the target escaped: target_parse decodes it.
static size_t
leave_escaped(void *context, struct MHD_Connection *connection, char *text)
{
	(void)context;
	(void)connection;
	return strlen(text);
}

static struct MHD_Daemon *
start_daemon(struct server *server, int socket)
{
	return MHD_start_daemon(
		MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME,
		0,
		NULL,
		NULL,
		on_request,
		server,
		MHD_OPTION_LISTEN_SOCKET,
		socket,
		MHD_OPTION_CONNECTION_LIMIT,
		(unsigned)CONNECTIONS_LIMIT,
		MHD_OPTION_CONNECTION_TIMEOUT,
		(unsigned)SERVER_IDLE_S,
		MHD_OPTION_CONNECTION_MEMORY_LIMIT,
		(size_t)SERVER_REQUEST_MAX,
		MHD_OPTION_STRICT_FOR_CLIENT,
		1,
		MHD_OPTION_UNESCAPE_CALLBACK,
		leave_escaped,
		NULL,
		MHD_OPTION_URI_LOG_CALLBACK,
		on_target,
		server,
		MHD_OPTION_NOTIFY_CONNECTION,
		on_connection,
		server,
		MHD_OPTION_NOTIFY_COMPLETED,
		on_completed,
		server,
		MHD_OPTION_END
	);
}

struct server *
server_new(
	const int *sockets,
	unsigned count,
	const struct tokens *tokens,
	struct handler_thread *handler_thread,
	struct change_thread *change_thread,
	struct gateway_stats *stats
)
{
	struct server *server = calloc(1, sizeof(*server));

	if (server == NULL)
		return NULL;
	server->tokens = tokens;
	server->stats = stats;
	connections_init(&server->connections);
	pending_init(&server->pending, handler_thread, change_thread, stats);
	for (; server->count < count; server->count++) {
		server->daemons[server->count] = start_daemon(server, sockets[server->count]);
		if (server->daemons[server->count] == NULL) {
			server_free(server);
			return NULL;
		}
	}
	return server;
}

void
server_free(struct server *server)
{
	pending_abort(&server->pending);
	for (unsigned i = 0; i < server->count; i++)
		MHD_stop_daemon(server->daemons[i]);
	free(server);
}

static int
epoll_fd(struct MHD_Daemon *daemon)
{
	return MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_EPOLL_FD)->epoll_fd;
}

// How long poll may wait.
static int
timeout_ms(const struct server *server)
{
	uint64_t timeout = SWEEP_MS;

	for (unsigned i = 0; i < server->count; i++) {
		MHD_UNSIGNED_LONG_LONG wanted;

		if (MHD_get_timeout(server->daemons[i], &wanted) == MHD_YES)
			timeout = RTE_MIN(timeout, (uint64_t)wanted);
	}
	return (int)timeout;
}

static void
sweep(struct server *server)
{
	uint64_t now_ms = monotonic_ms();

	if (now_ms - server->swept_ms < SWEEP_MS)
		return;
	server->swept_ms = now_ms;
	connections_sweep(&server->connections, now_ms);
	service_manager_feed_watchdog();
}

static void
run_once(struct server *server)
{
	pending_complete(&server->pending);
	pending_expire(&server->pending);
	sweep(server);
	for (unsigned i = 0; i < server->count; i++)
		MHD_run(server->daemons[i]);
	publish_connections(server);
}

void
server_run(struct server *server, int end_fd)
{
	struct pollfd fds[1 + PENDING_FDS + SERVER_LISTENERS_MAX] = {
		{.fd = end_fd, .events = POLLIN},
	};
	unsigned count = 1 + pending_fds(&server->pending, fds + 1);

	for (unsigned i = 0; i < server->count; i++)
		fds[count++] =
			(struct pollfd){.fd = epoll_fd(server->daemons[i]), .events = POLLIN};
	while (fds[0].revents == 0) {
		poll(fds, count, timeout_ms(server));
		run_once(server);
	}
}
