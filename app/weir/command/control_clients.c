// SPDX-License-Identifier: BSD-3-Clause

#include "control_clients.h"

#include "../../common/monotonic.h"
#include "../log/log.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

enum {
	LOOK_MS = 500, // how often clients are checked for being idle
	ACCEPT_MAX = 16, // connections in a round, so that they keep nobody waiting
	SILENT_MS = 20, // after which a client that has sent nothing may give way to another
	DEAF_MS = 1000, // without a free file descriptor
	FDS_OTHER = 2,
};

void
control_clients_init(
	struct control_clients *clients,
	struct weir *weir,
	const struct control_socket *listening,
	struct runner *runner,
	int wake_fd
)
{
	*clients = (struct control_clients){
		.weir = weir,
		.listening = listening,
		.runner = runner,
		.wake_fd = wake_fd,
	};
	for (unsigned i = 0; i < CLIENTS_MAX; i++)
		clients->all[i].fd = -1;
}

void
control_clients_free(struct control_clients *clients)
{
	for (unsigned i = 0; i < CLIENTS_MAX; i++)
		if (clients->all[i].fd >= 0)
			client_close(&clients->all[i]);
}

// --- requests ---------------------------------------------------------------------------------

static void
reply(struct client *client, char *text, uint64_t now_ms)
{
	if (text == NULL || !client_reply(client, text, now_ms))
		client_close(client);
}

static void
refuse_and_end(struct client *client, const char *why, uint64_t now_ms)
{
	client->closing = true;
	reply(client, perform_refuse_text(why), now_ms);
}

static void
start(struct control_clients *clients, struct client *client, struct control_request *request)
{
	struct runner_job *job = calloc(1, sizeof(*job));

	if (job == NULL) {
		control_request_free(request);
		client_close(client);
		return;
	}
	job->request = *request;
	job->peer = client->peer;
	job->client = client->number;
	client->busy = true;
	runner_submit(clients->runner, job);
}

static void
serve_line(struct control_clients *clients, struct client *client, size_t len, uint64_t now_ms)
{
	struct control_request request;
	json_t *errors = json_array();
	bool right = control_request_parse(&request, client->in, len, errors);

	client_skip_line(client, len, now_ms);
	if (!right) {
		reply(client, perform_refuse(errors), now_ms);
	} else if (control_commands[request.command].order == CONTROL_AT_ONCE) {
		reply(client, perform(clients->weir, &request, &client->peer), now_ms);
		control_request_free(&request);
	} else {
		start(clients, client, &request);
	}
	json_decref(errors);
}

// One request of the client at most, so that all others get their turn. True: another one waits.
static bool
serve(struct control_clients *clients, struct client *client, uint64_t now_ms)
{
	const char *problem = client_problem(client);
	size_t len;

	if (problem != NULL)
		refuse_and_end(client, problem, now_ms);
	else if (client_line(client, &len))
		serve_line(clients, client, len, now_ms);
	if (client->fd >= 0 && client_is_over(client, now_ms)) {
		if (client->out != NULL)
			log_warning(
				"control: user %u (pid %d) does not read its reply, and is "
				"disconnected",
				client->peer.uid,
				(int)client->peer.pid
			);
		client_close(client);
	}
	return client->fd >= 0 && (client_line(client, &len) || client_problem(client) != NULL);
}

// Replies to requests that the runner has done. Their clients may have left.
static void
finish_jobs(struct control_clients *clients, uint64_t now_ms)
{
	struct runner_job *job;

	while ((job = runner_take(clients->runner)) != NULL) {
		for (unsigned i = 0; i < CLIENTS_MAX; i++) {
			struct client *client = &clients->all[i];

			if (client->fd < 0 || client->number != job->client)
				continue;
			client->busy = false;
			reply(client, job->reply, now_ms);
			job->reply = NULL;
		}
		runner_job_free(job);
	}
}

// --- connections ------------------------------------------------------------------------------

// A place for a client: a free one, or that of the client that has been silent longest. NULL: none.
static struct client *
find_place(struct control_clients *clients, uint64_t now_ms)
{
	struct client *silent = NULL;

	for (unsigned i = 0; i < CLIENTS_MAX; i++) {
		struct client *client = &clients->all[i];

		if (client->fd < 0)
			return client;
		if (client->busy || client->out != NULL || client->in_len > 0
		    || now_ms - client->active_ms < SILENT_MS)
			continue;
		if (silent == NULL || client->active_ms < silent->active_ms)
			silent = client;
	}
	if (silent != NULL)
		client_close(silent);
	return silent;
}

static void
turn_away(int fd)
{
	static const char text[] = "{\"ok\":false,\"error\":\"64 clients are connected, no more "
				   "are served; try again\"}\n";

	if (send(fd, text, strlen(text), MSG_DONTWAIT | MSG_NOSIGNAL) < 0)
		log_debug("control: a client was turned away, and had left before");
	close(fd);
}

static void
accept_clients(struct control_clients *clients, uint64_t now_ms)
{
	struct ucred peer;

	for (unsigned i = 0; i < ACCEPT_MAX; i++) {
		int fd = control_socket_accept(clients->listening, &peer);

		if (fd < 0 && errno == EACCES) {
			log_warning(
				"control: user %u (pid %d) may not use the socket",
				peer.uid,
				(int)peer.pid
			);
			continue;
		}
		if (fd < 0) {
			if (errno != EAGAIN && errno != EINTR && errno != ECONNABORTED)
				clients->deaf_until_ms = now_ms + DEAF_MS;
			return;
		}
		struct client *place = find_place(clients, now_ms);

		if (place == NULL)
			turn_away(fd);
		else
			client_open(place, fd, &peer, ++clients->accepted, now_ms);
	}
}

// --- the loop ---------------------------------------------------------------------------------

// What to wait for; a file descriptor of -1 is ignored, with its end.
static void
fill(const struct control_clients *clients, struct pollfd *fds, uint64_t now_ms)
{
	bool deaf = now_ms < clients->deaf_until_ms;

	fds[0] = (struct pollfd){.fd = clients->wake_fd, .events = POLLIN};
	fds[1] = (struct pollfd){.fd = deaf ? -1 : clients->listening->fd, .events = POLLIN};
	for (unsigned i = 0; i < CLIENTS_MAX; i++) {
		const struct client *client = &clients->all[i];
		short events = client->fd < 0 ? 0 : client_events(client);

		fds[FDS_OTHER + i] =
			(struct pollfd){.fd = events == 0 ? -1 : client->fd, .events = events};
	}
}

// Receives or sends for a client that is ready.
static void
move(struct client *client, short events, uint64_t now_ms)
{
	bool alive = true;

	if (client->fd < 0 || events == 0)
		return;
	if (client->out != NULL)
		alive = client_send(client, now_ms);
	else
		alive = client_receive(client);
	if (!alive)
		client_close(client);
}

// One round. True: requests wait, so the next round does not.
static bool
round_of(struct control_clients *clients, bool pending)
{
	struct pollfd fds[FDS_OTHER + CLIENTS_MAX];
	eventfd_t value;
	bool more = false;

	fill(clients, fds, monotonic_ms());
	if (poll(fds, FDS_OTHER + CLIENTS_MAX, pending ? 0 : LOOK_MS) < 0)
		return false;
	uint64_t now_ms = monotonic_ms();

	if (fds[0].revents != 0)
		eventfd_read(clients->wake_fd, &value);
	for (unsigned i = 0; i < CLIENTS_MAX; i++)
		move(&clients->all[i], fds[FDS_OTHER + i].revents, now_ms);
	finish_jobs(clients, now_ms);
	for (unsigned i = 0; i < CLIENTS_MAX; i++)
		if (clients->all[i].fd >= 0)
			more |= serve(clients, &clients->all[i], now_ms);
	if (fds[1].revents != 0)
		accept_clients(clients, now_ms);
	return more;
}

void
control_clients_run(struct control_clients *clients)
{
	bool pending = false;

	while (!__atomic_load_n(&clients->stop, __ATOMIC_ACQUIRE))
		pending = round_of(clients, pending);
}
