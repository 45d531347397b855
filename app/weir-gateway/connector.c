// SPDX-License-Identifier: BSD-3-Clause

#include "connector.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

void
connector_init(struct connector *connector, int (*connect)(const char *path), const char *path)
{
	*connector = (struct connector){.connect = connect, .copy_fd = -1};
	snprintf(connector->path, sizeof(connector->path), "%s", path);
	pthread_mutex_init(&connector->lock, NULL);
}

static void
close_copy(struct connector *connector)
{
	if (connector->copy_fd >= 0)
		close(connector->copy_fd);
	connector->copy_fd = -1;
}

int
connector_connect(void *context)
{
	struct connector *connector = context;
	int fd = connector->connect(connector->path);

	if (fd < 0)
		return -1;
	pthread_mutex_lock(&connector->lock);
	close_copy(connector);
	connector->copy_fd = fcntl(fd, F_DUPFD_CLOEXEC, 0);
	bool aborted = connector->aborted;

	pthread_mutex_unlock(&connector->lock);
	if (!aborted)
		return fd;
	close(fd);
	errno = ECANCELED;
	return -1;
}

void
connector_abort(struct connector *connector)
{
	pthread_mutex_lock(&connector->lock);
	connector->aborted = true;
	if (connector->copy_fd >= 0)
		shutdown(connector->copy_fd, SHUT_RDWR);
	pthread_mutex_unlock(&connector->lock);
}

void
connector_close(struct connector *connector)
{
	close_copy(connector);
	pthread_mutex_destroy(&connector->lock);
}
