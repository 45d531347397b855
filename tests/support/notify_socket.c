// SPDX-License-Identifier: BSD-3-Clause

#include "notify_socket.h"

#include "cmocka_wrap.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static int listening = -1;

void
notify_socket_open(void)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	socklen_t size = sizeof(address);
	char name[32];

	listening = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	assert_true(listening >= 0);
	// An abstract name of the kernel's choice: a byte 0 and five digits.
	assert_int_equal(
		bind(listening, (const struct sockaddr *)&address, sizeof(sa_family_t)), 0
	);
	assert_int_equal(getsockname(listening, (struct sockaddr *)&address, &size), 0);
	snprintf(name, sizeof(name), "@%.5s", address.sun_path + 1);
	assert_int_equal(setenv("NOTIFY_SOCKET", name, 1), 0);
}

void
notify_socket_close(void)
{
	unsetenv("NOTIFY_SOCKET");
	close(listening);
}

const char *
notify_socket_read(void)
{
	static char message[4096];
	ssize_t len = recv(listening, message, sizeof(message) - 1, 0);

	message[len < 0 ? 0 : len] = '\0';
	return message;
}

bool
notify_socket_has(const char *line)
{
	bool found = false;
	const char *message;

	while (*(message = notify_socket_read()) != '\0') {
		size_t len = strlen(line);

		for (const char *at = strstr(message, line); at != NULL; at = strstr(at + 1, line))
			found |= (at == message || at[-1] == '\n')
				&& (at[len] == '\0' || at[len] == '\n');
	}
	return found;
}
