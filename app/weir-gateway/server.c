// SPDX-License-Identifier: BSD-3-Clause
// libmicrohttpd runs without threads of its own: whenever one of its sockets has news, so often a
// connection waits, MHD_run. A request that Weir has to be asked for is suspended until the asker
// has its answer, or its time is up.

#include "server.h"

#include "answers.h"
#include "connections.h"
#include "exchange.h"
#include "steady.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { SWEEP_MS = 1000 };

struct server {
	const struct token *token;
	struct asker *asker;
	struct own *own;
	unsigned count;
	struct MHD_Daemon *daemons[SERVER_LISTENERS_MAX];
	struct connections connections;
	struct exchanges waiting; // for an answer, next deadline first
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
	stats_set(&server->own->connections, server->connections.count);
	stats_set(&server->own->connections_cut, server->connections.cuts);
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
			connections_open(&server->connections, info->connect_fd, steady_ms());
	} else if (*socket_context != NULL) {
		connections_close(&server->connections, *socket_context);
	}
	publish_connections(server);
}

// A request begins: what this returns comes along with every call about it.
static void *
on_target(void *context, const char *target, struct MHD_Connection *connection)
{
	struct server *server = context;
	struct connection *opened = connection_of(connection);

	if (opened != NULL)
		connections_touch(&server->connections, opened, true, steady_ms());
	return exchange_new(connection, target);
}

static enum MHD_Result
submit(struct server *server, struct exchange *exchange)
{
	struct question *question = calloc(1, sizeof(*question));

	if (question == NULL)
		return MHD_NO;
	question->request = exchange->request;
	question->context = exchange;
	exchange->question = question;
	exchange->deadline_ms = steady_ms() + SERVER_WAIT_MS;
	TAILQ_INSERT_TAIL(&server->waiting, exchange, next);
	MHD_suspend_connection(exchange->connection);
	asker_put(server->asker, question);
	return MHD_YES;
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
	(void)url; // decoded by others: exchange->target is what was sent
	(void)version;
	(void)upload;
	*upload_size = 0;
	if (exchange == NULL || exchange->question != NULL)
		return MHD_NO;
	if (!exchange->judged) {
		exchange_judge(exchange, method, server->token);
		// An answer before the request's end would end the connection, too.
		return exchange->close ? exchange_send(exchange, server->own) : MHD_YES;
	}
	if (exchange->answer.status == 0 && exchange->request.route != ROUTE_file)
		return submit(server, exchange);
	return exchange_send(exchange, server->own);
}

// Gives a suspended exchange its answer.
static void
answer(struct server *server, struct exchange *exchange, struct answer answer)
{
	exchange->answer = answer;
	exchange->question = NULL;
	TAILQ_REMOVE(&server->waiting, exchange, next);
	MHD_resume_connection(exchange->connection);
}

static void
take_answers(struct server *server)
{
	struct question *question;

	while ((question = asker_take(server->asker)) != NULL) {
		answer(server, question->context, question->answer);
		free(question);
	}
}

static void
give_up(struct server *server, struct exchange *exchange, const char *why)
{
	struct telemetry_error error = {
		.code = TELEMETRY_UNREACHABLE, .cause = TELEMETRY_CAUSE_SILENT};

	snprintf(error.text, sizeof(error.text), "%s", why);
	asker_give_up(server->asker, exchange->question);
	answer(server,
	       exchange,
	       answers_away(&exchange->request, &error, server->own, asker_history(server->asker)));
}

static void
give_up_late(struct server *server)
{
	struct exchange *exchange;

	while ((exchange = TAILQ_FIRST(&server->waiting)) != NULL
	       && steady_ms() >= exchange->deadline_ms)
		give_up(server, exchange, "Weir did not answer in time");
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
		connections_touch(&server->connections, opened, false, steady_ms());
	if (*request_context != NULL)
		exchange_free(*request_context);
	*request_context = NULL;
}

// Targets are decoded by us.
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
	const struct token *token,
	struct asker *asker,
	struct own *own
)
{
	struct server *server = calloc(1, sizeof(*server));

	if (server == NULL)
		return NULL;
	server->token = token;
	server->asker = asker;
	server->own = own;
	connections_init(&server->connections);
	TAILQ_INIT(&server->waiting);
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
	while (!TAILQ_EMPTY(&server->waiting))
		give_up(server, TAILQ_FIRST(&server->waiting), "weir-gateway is ending");
	for (unsigned i = 0; i < server->count; i++)
		MHD_stop_daemon(server->daemons[i]);
	free(server);
}

static int
epoll_fd(struct MHD_Daemon *daemon)
{
	return MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_EPOLL_FD)->epoll_fd;
}

// How long nothing needs to be done, unless a socket has news.
static int
patience_ms(const struct server *server)
{
	uint64_t patience = SWEEP_MS;

	for (unsigned i = 0; i < server->count; i++) {
		MHD_UNSIGNED_LONG_LONG wanted;

		if (MHD_get_timeout(server->daemons[i], &wanted) == MHD_YES)
			patience = RTE_MIN(patience, (uint64_t)wanted);
	}
	return (int)patience;
}

static void
sweep(struct server *server)
{
	uint64_t now_ms = steady_ms();

	if (now_ms - server->swept_ms < SWEEP_MS)
		return;
	server->swept_ms = now_ms;
	connections_sweep(&server->connections, now_ms);
}

static void
turn(struct server *server)
{
	take_answers(server);
	give_up_late(server);
	sweep(server);
	for (unsigned i = 0; i < server->count; i++)
		MHD_run(server->daemons[i]);
	publish_connections(server);
}

void
server_run(struct server *server, const struct pollfd *ends, unsigned end_count)
{
	struct pollfd fds[SERVER_ENDS_MAX + 1 + SERVER_LISTENERS_MAX];
	unsigned count = 0;
	bool end = false;

	for (unsigned i = 0; i < end_count; i++)
		fds[count++] = ends[i];
	fds[count++] = (struct pollfd){.fd = asker_fd(server->asker), .events = POLLIN};
	for (unsigned i = 0; i < server->count; i++)
		fds[count++] =
			(struct pollfd){.fd = epoll_fd(server->daemons[i]), .events = POLLIN};
	while (!end) {
		poll(fds, count, patience_ms(server));
		turn(server);
		for (unsigned i = 0; i < end_count; i++)
			end |= fds[i].revents != 0;
	}
}
