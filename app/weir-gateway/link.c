// SPDX-License-Identifier: BSD-3-Clause

#include "link.h"

#include "keeper.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

void
link_init(struct link *link, const char *path, int keeper_fd)
{
	*link = (struct link){.keeper_fd = keeper_fd, .copy_fd = -1};
	snprintf(link->path, sizeof(link->path), "%s", path);
	pthread_mutex_init(&link->lock, NULL);
}

static void
close_copy(struct link *link)
{
	if (link->copy_fd >= 0)
		close(link->copy_fd);
	link->copy_fd = -1;
}

int
link_dial(void *context)
{
	struct link *link = context;
	int fd =
		link->keeper_fd >= 0 ? keeper_dial(link->keeper_fd) : telemetry_connect(link->path);

	if (fd < 0)
		return -1;
	pthread_mutex_lock(&link->lock);
	close_copy(link);
	link->copy_fd = fcntl(fd, F_DUPFD_CLOEXEC, 0);
	bool cut = link->cut;

	pthread_mutex_unlock(&link->lock);
	if (!cut)
		return fd;
	close(fd);
	errno = ECANCELED;
	return -1;
}

void
link_cut(struct link *link)
{
	pthread_mutex_lock(&link->lock);
	link->cut = true;
	if (link->copy_fd >= 0)
		shutdown(link->copy_fd, SHUT_RDWR);
	pthread_mutex_unlock(&link->lock);
}

void
link_close(struct link *link)
{
	close_copy(link);
	pthread_mutex_destroy(&link->lock);
}
