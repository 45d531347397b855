// SPDX-License-Identifier: BSD-3-Clause

#include "control_client.h"

#include "unix_socket.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { CONNECT_TIMEOUT_S = 5 }; // a Weir that hangs accepts as many as wait in its queue

static void
explain(const char *path, int why, FILE *errors)
{
	const char *text = strerror(why);

	if (why == ENOENT || why == ECONNREFUSED)
		text = "no Weir takes commands there; name another with --file-prefix PREFIX, "
		       "--socket PATH or --control PATH";
	if (why == EAGAIN)
		text = "Weir does not accept the connection";
	if (why == EACCES)
		text = "only root, the user of Weir and members of control.group may use it";
	fprintf(errors, "weirctl: %s: %s\n", path, text);
}

bool
control_client_open(struct control_client *client, const char *path, FILE *errors)
{
	*client = (struct control_client){
		.fd = unix_socket_connect(path, SOCK_STREAM, CONNECT_TIMEOUT_S),
	};
	if (client->fd >= 0)
		client->in = fdopen(client->fd, "r");
	if (client->in != NULL)
		return true;
	explain(path, errno, errors);
	if (client->fd >= 0)
		close(client->fd);
	return false;
}

void
control_client_close(struct control_client *client)
{
	fclose(client->in);
}

static bool
send_all(int fd, const char *bytes, size_t len)
{
	while (len > 0) {
		ssize_t sent = send(fd, bytes, len, MSG_NOSIGNAL);

		if (sent < 0 && errno != EINTR)
			return false;
		bytes += sent > 0 ? sent : 0;
		len -= sent > 0 ? (size_t)sent : 0;
	}
	return true;
}

json_t *
control_client_ask(
	struct control_client *client,
	const json_t *request,
	const char *path,
	FILE *errors
)
{
	char *text = json_dumps(request, JSON_COMPACT);
	char *line = NULL;
	size_t size = 0;
	json_t *reply = NULL;

	if (text != NULL)
		(void)(send_all(client->fd, text, strlen(text)) && send_all(client->fd, "\n", 1));
	if (getline(&line, &size, client->in) > 0) // also where Weir refused before all was sent
		reply = json_loads(line, 0, NULL);
	if (reply == NULL)
		fprintf(errors, "weirctl: %s: Weir ended before it replied\n", path);
	free(text);
	free(line);
	return reply;
}
