// SPDX-License-Identifier: BSD-3-Clause

#include "ask.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

enum {
	REPLY_MAX = 1 << 16, // bytes
	CONNECT_TIMEOUT_S = 2, // a Weir that stands still takes ten connections, and then none
};

struct ask {
	ask_connect connect;
	void *context;
	int fd; // -1: not connected
	unsigned patience_s;
	long pid;
	char path[ASK_PATH_MAX];
	char reply[REPLY_MAX];
};

__attribute__((format(printf, 4, 5))) static void
fail(struct ask_error *error, enum ask_code code, enum ask_cause cause, const char *format, ...)
{
	va_list arguments;

	error->code = code;
	error->cause = cause;
	va_start(arguments, format);
	vsnprintf(error->text, sizeof(error->text), format, arguments);
	va_end(arguments);
}

bool
ask_path_of(const char *file_prefix, char path[ASK_PATH_MAX])
{
	const char *folder = getenv("RUNTIME_DIRECTORY");

	if (folder == NULL || *folder == '\0')
		folder = geteuid() == 0 ? "/var/run" : getenv("XDG_RUNTIME_DIR");
	if (folder == NULL || *folder == '\0')
		folder = "/tmp";
	return snprintf(path, ASK_PATH_MAX, "%s/dpdk/%s/dpdk_telemetry.v2", folder, file_prefix)
		< ASK_PATH_MAX;
}

int
ask_dial(const char *path)
{
	const struct timeval patience = {.tv_sec = CONNECT_TIMEOUT_S};
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return -1;
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
	snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
	if (connect(fd, (struct sockaddr *)&address, sizeof(address)) == 0)
		return fd;
	int error = errno;

	close(fd);
	errno = error;
	return -1;
}

static int
dial_own_path(void *context)
{
	const struct ask *ask = context;

	return ask_dial(ask->path);
}

struct ask *
ask_new_by(ask_connect connect, void *context, const char *path)
{
	struct ask *ask = calloc(1, sizeof(*ask));

	if (ask == NULL)
		return NULL;
	ask->connect = connect != NULL ? connect : dial_own_path;
	ask->context = connect != NULL ? context : ask;
	ask->fd = -1;
	ask->patience_s = ASK_TIMEOUT_S;
	snprintf(ask->path, sizeof(ask->path), "%s", path);
	return ask;
}

struct ask *
ask_new(const char *path)
{
	return ask_new_by(NULL, NULL, path);
}

static void
hang_up(struct ask *ask)
{
	if (ask->fd >= 0)
		close(ask->fd);
	ask->fd = -1;
}

void
ask_free(struct ask *ask)
{
	if (ask == NULL)
		return;
	hang_up(ask);
	free(ask);
}

void
ask_set_patience(struct ask *ask, unsigned seconds)
{
	ask->patience_s = seconds;
}

long
ask_pid(const struct ask *ask)
{
	return ask->pid;
}

// One packet from Weir as JSON; NULL where it is none, or none came.
static json_t *
receive(struct ask *ask)
{
	ssize_t got = recv(ask->fd, ask->reply, sizeof(ask->reply), 0);

	if (got <= 0)
		return NULL;
	return json_loadb(ask->reply, (size_t)got, 0, NULL);
}

static void
fail_connect(const struct ask *ask, int number, struct ask_error *error)
{
	static const struct {
		int number;
		enum ask_cause cause;
		const char *text; // NULL: the system's
	} known[] = {
		{ENOENT, ASK_CAUSE_ABSENT, "no Weir runs there"},
		{ECONNREFUSED, ASK_CAUSE_ABSENT, "no Weir runs there"},
		{EACCES, ASK_CAUSE_FORBIDDEN, NULL},
		{EPERM, ASK_CAUSE_FORBIDDEN, NULL},
		{EAGAIN, ASK_CAUSE_SILENT, "Weir takes no connection"},
	};
	const char *text = NULL;
	enum ask_cause cause = ASK_CAUSE_LOST;

	for (unsigned i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		if (known[i].number == number) {
			cause = known[i].cause;
			text = known[i].text;
		}
	}
	text = text != NULL ? text : strerror(number);
	fail(error, ASK_UNREACHABLE, cause, "%s: %s", ask->path, text);
}

// There was no greeting.
static void
fail_greeting(const struct ask *ask, bool late, struct ask_error *error)
{
	if (late)
		fail(error,
		     ASK_UNREACHABLE,
		     ASK_CAUSE_SILENT,
		     "%s: Weir does not answer within %u s",
		     ask->path,
		     ask->patience_s);
	else // DPDK turns the eleventh client away like this
		fail(error,
		     ASK_UNREACHABLE,
		     ASK_CAUSE_LOST,
		     "%s: Weir hung up: too many ask at once",
		     ask->path);
}

static bool
call(struct ask *ask, struct ask_error *error)
{
	const struct timeval patience = {.tv_sec = ask->patience_s};

	ask->fd = ask->connect(ask->context);
	if (ask->fd < 0) {
		fail_connect(ask, errno, error);
		return false;
	}
	setsockopt(ask->fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	setsockopt(ask->fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
	errno = 0;
	json_t *greeting = receive(ask);

	if (greeting == NULL) {
		fail_greeting(ask, errno == EAGAIN, error);
		hang_up(ask);
		return false;
	}
	ask->pid = (long)json_integer_value(json_object_get(greeting, "pid"));
	json_decref(greeting);
	return true;
}

// Sends the question; where the connection turns out to be that of a Weir that has ended, once
// more to the one that may run now.
static json_t *
exchange(struct ask *ask, const char *command, struct ask_error *error)
{
	bool late = false;

	for (bool fresh = false; !fresh;) {
		fresh = ask->fd < 0;
		if (fresh && !call(ask, error))
			return NULL;
		errno = 0;
		if (send(ask->fd, command, strlen(command), MSG_NOSIGNAL) >= 0) {
			json_t *reply = receive(ask);

			if (reply != NULL)
				return reply;
		}
		late = errno == EAGAIN; // it is there, and does not answer
		fresh = fresh || late;
		hang_up(ask);
	}
	if (late)
		fail(error,
		     ASK_UNREACHABLE,
		     ASK_CAUSE_LATE,
		     "Weir does not answer %.80s within %u s",
		     command,
		     ask->patience_s);
	else
		fail(error, ASK_UNREACHABLE, ASK_CAUSE_LOST, "%s: Weir does not answer", ask->path);
	return NULL;
}

// DPDK says null where there is no such command; Weir says {"error": …, "code": …}.
static bool
is_refused(const json_t *value, const char *command, struct ask_error *error)
{
	const char *text = json_string_value(json_object_get(value, "error"));

	if (value == NULL || json_is_null(value)) {
		fail(error, ASK_UNKNOWN, ASK_CAUSE_REFUSED, "this Weir does not know %.80s", command
		);
		return true;
	}
	if (text == NULL)
		return false;
	fail(error,
	     (enum ask_code)json_integer_value(json_object_get(value, "code")),
	     ASK_CAUSE_REFUSED,
	     "%s",
	     text);
	return true;
}

json_t *
ask_weir(struct ask *ask, const char *command, struct ask_error *error)
{
	char name[ASK_COMMAND_MAX + 1];

	if (strlen(command) > ASK_COMMAND_MAX) {
		fail(error,
		     ASK_MALFORMED,
		     ASK_CAUSE_REFUSED,
		     "a question has at most %d bytes",
		     ASK_COMMAND_MAX);
		return NULL;
	}
	json_t *reply = exchange(ask, command, error);

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
