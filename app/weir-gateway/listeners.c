// SPDX-License-Identifier: BSD-3-Clause

#include "listeners.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { BACKLOG = 1024 };

static bool
listen_at(int fd, struct address *address)
{
	const int on = 1;
	struct sockaddr *name = (struct sockaddr *)&address->storage;

	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (name->sa_family == AF_INET6) // [::] does not include IPv4
		setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on));
	return bind(fd, name, address->length) == 0 && listen(fd, BACKLOG) == 0
		&& getsockname(fd, name, &address->length) == 0;
}

bool
listeners_open(struct address *addresses, unsigned count, int *sockets, struct error *error)
{
	for (unsigned i = 0; i < count; i++) {
		char text[ADDRESS_TEXT_MAX];

		sockets[i] =
			socket(addresses[i].storage.ss_family,
			       SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK,
			       0);
		if (sockets[i] >= 0 && listen_at(sockets[i], &addresses[i]))
			continue;
		address_print(&addresses[i], text);
		error_set(error, NULL, "--listen %s: %s", text, strerror(errno));
		listeners_close(sockets, sockets[i] < 0 ? i : i + 1);
		return false;
	}
	return true;
}

void
listeners_close(const int *sockets, unsigned count)
{
	for (unsigned i = 0; i < count; i++)
		close(sockets[i]);
}
