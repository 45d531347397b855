// SPDX-License-Identifier: BSD-3-Clause

#include "telemetry_client.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

enum { REPLY_MAX = 1 << 16 }; // bytes

struct telemetry_client {
	telemetry_connect_function connect;
	void *context;
	int fd; // -1: not connected
	unsigned timeout_s;
	long pid;
	char path[TELEMETRY_PATH_MAX];
	char reply[REPLY_MAX];
};

__attribute__((format(printf, 4, 5))) static void
fail(struct telemetry_error *error,
     enum telemetry_code code,
     enum telemetry_cause cause,
     const char *format,
     ...)
{
	va_list arguments;

	error->code = code;
	error->cause = cause;
	va_start(arguments, format);
	vsnprintf(error->text, sizeof(error->text), format, arguments);
	va_end(arguments);
}

static int
connect_to_path(void *context)
{
	const struct telemetry_client *client = context;

	return telemetry_connect(client->path);
}

struct telemetry_client *
telemetry_client_new_by(telemetry_connect_function connect, void *context, const char *path)
{
	struct telemetry_client *client = calloc(1, sizeof(*client));

	if (client == NULL)
		return NULL;
	client->connect = connect != NULL ? connect : connect_to_path;
	client->context = connect != NULL ? context : client;
	client->fd = -1;
	client->timeout_s = TELEMETRY_TIMEOUT_S;
	snprintf(client->path, sizeof(client->path), "%s", path);
	return client;
}

struct telemetry_client *
telemetry_client_new(const char *path)
{
	return telemetry_client_new_by(NULL, NULL, path);
}

static void
disconnect(struct telemetry_client *client)
{
	if (client->fd >= 0)
		close(client->fd);
	client->fd = -1;
}

void
telemetry_client_free(struct telemetry_client *client)
{
	if (client == NULL)
		return;
	disconnect(client);
	free(client);
}

void
telemetry_client_set_timeout(struct telemetry_client *client, unsigned seconds)
{
	client->timeout_s = seconds;
}

long
telemetry_client_pid(const struct telemetry_client *client)
{
	return client->pid;
}

// Receives one packet from Weir as JSON; NULL where none came, or it is not JSON.
static json_t *
receive(struct telemetry_client *client)
{
	ssize_t got = recv(client->fd, client->reply, sizeof(client->reply), 0);

	if (got <= 0)
		return NULL;
	return json_loadb(client->reply, (size_t)got, 0, NULL);
}

static void
fail_connect(const struct telemetry_client *client, int number, struct telemetry_error *error)
{
	static const struct {
		int number;
		enum telemetry_cause cause;
		const char *text; // NULL: the system's
	} known[] = {
		{ENOENT, TELEMETRY_CAUSE_ABSENT, "no Weir runs there"},
		{ECONNREFUSED, TELEMETRY_CAUSE_ABSENT, "no Weir runs there"},
		{EACCES,
		 TELEMETRY_CAUSE_FORBIDDEN,
		 "only root, the user of Weir and members of control.group may use it"},
		{EPERM, TELEMETRY_CAUSE_FORBIDDEN, NULL},
		{EAGAIN, TELEMETRY_CAUSE_SILENT, "Weir does not accept connections"},
	};
	const char *text = NULL;
	enum telemetry_cause cause = TELEMETRY_CAUSE_LOST;

	for (unsigned i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		if (known[i].number == number) {
			cause = known[i].cause;
			text = known[i].text;
		}
	}
	text = text != NULL ? text : strerror(number);
	fail(error, TELEMETRY_UNREACHABLE, cause, "%s: %s", client->path, text);
}

// Reports that there was no greeting.
static void
fail_greeting(const struct telemetry_client *client, bool late, struct telemetry_error *error)
{
	if (late)
		fail(error,
		     TELEMETRY_UNREACHABLE,
		     TELEMETRY_CAUSE_SILENT,
		     "%s: Weir does not answer within %u s",
		     client->path,
		     client->timeout_s);
	else // as DPDK does to the eleventh client
		fail(error,
		     TELEMETRY_UNREACHABLE,
		     TELEMETRY_CAUSE_LOST,
		     "%s: Weir closed the connection: too many clients",
		     client->path);
}

static bool
connect_and_greet(struct telemetry_client *client, struct telemetry_error *error)
{
	const struct timeval timeout = {.tv_sec = client->timeout_s};

	client->fd = client->connect(client->context);
	if (client->fd < 0) {
		fail_connect(client, errno, error);
		return false;
	}
	setsockopt(client->fd, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof(timeout));
	setsockopt(client->fd, SOL_SOCKET, SO_SNDTIMEO, &timeout, sizeof(timeout));
	errno = 0;
	json_t *greeting = receive(client);

	if (greeting == NULL) {
		fail_greeting(client, errno == EAGAIN, error);
		disconnect(client);
		return false;
	}
	client->pid = (long)json_integer_value(json_object_get(greeting, "pid"));
	json_decref(greeting);
	return true;
}

// Sends a command and receives its reply. Where the connection is to a Weir that has ended, connects
// to the one that may run now and sends the command again.
static json_t *
exchange(struct telemetry_client *client, const char *command, struct telemetry_error *error)
{
	bool late = false;

	for (bool fresh = false; !fresh;) {
		fresh = client->fd < 0;
		if (fresh && !connect_and_greet(client, error))
			return NULL;
		errno = 0;
		if (send(client->fd, command, strlen(command), MSG_NOSIGNAL) >= 0) {
			json_t *reply = receive(client);

			if (reply != NULL)
				return reply;
		}
		late = errno == EAGAIN; // connected, but no reply
		fresh = fresh || late;
		disconnect(client);
	}
	if (late)
		fail(error,
		     TELEMETRY_UNREACHABLE,
		     TELEMETRY_CAUSE_LATE,
		     "Weir does not answer %.80s within %u s",
		     command,
		     client->timeout_s);
	else
		fail(error,
		     TELEMETRY_UNREACHABLE,
		     TELEMETRY_CAUSE_LOST,
		     "%s: Weir does not answer",
		     client->path);
	return NULL;
}

// DPDK replies null to an unknown command; Weir replies {"error": …, "code": …}.
static bool
is_refused(const json_t *value, const char *command, struct telemetry_error *error)
{
	const char *text = json_string_value(json_object_get(value, "error"));

	if (value == NULL || json_is_null(value)) {
		fail(error,
		     TELEMETRY_UNKNOWN,
		     TELEMETRY_CAUSE_REFUSED,
		     "this Weir does not know %.80s",
		     command);
		return true;
	}
	if (text == NULL)
		return false;
	fail(error,
	     (enum telemetry_code)json_integer_value(json_object_get(value, "code")),
	     TELEMETRY_CAUSE_REFUSED,
	     "%s",
	     text);
	return true;
}

json_t *
telemetry_client_get(
	struct telemetry_client *client,
	const char *command,
	struct telemetry_error *error
)
{
	char name[TELEMETRY_COMMAND_MAX + 1];

	if (strlen(command) > TELEMETRY_COMMAND_MAX) {
		fail(error,
		     TELEMETRY_MALFORMED,
		     TELEMETRY_CAUSE_REFUSED,
		     "a command has at most %d bytes",
		     TELEMETRY_COMMAND_MAX);
		return NULL;
	}
	json_t *reply = exchange(client, command, error);

	if (reply == NULL)
		return NULL;
	snprintf(name, sizeof(name), "%.*s", (int)strcspn(command, ","), command);
	json_t *value = json_incref(json_object_get(reply, name));

	json_decref(reply);
	if (!is_refused(value, command, error))
		return value;
	json_decref(value);
	return NULL;
}
