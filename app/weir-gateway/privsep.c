// SPDX-License-Identifier: BSD-3-Clause

#include "privsep.h"

#include "../telemetry_client/telemetry_socket.h"
#include "control_socket.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

union control { // space for one descriptor, aligned as a cmsghdr
	struct cmsghdr header;
	char bytes[CMSG_SPACE(sizeof(int))];
};

// Sends an errno and, unless it is negative, a descriptor.
static void
send_fd(int to, int error, int fd)
{
	union control control = {0};
	struct iovec payload = {.iov_base = &error, .iov_len = sizeof(error)};
	struct msghdr message = {.msg_iov = &payload, .msg_iovlen = 1};

	if (fd >= 0) {
		message.msg_control = control.bytes;
		message.msg_controllen = sizeof(control.bytes);
		struct cmsghdr *header = CMSG_FIRSTHDR(&message);

		header->cmsg_level = SOL_SOCKET;
		header->cmsg_type = SCM_RIGHTS;
		header->cmsg_len = CMSG_LEN(sizeof(fd));
		memcpy(CMSG_DATA(header), &fd, sizeof(fd));
	}
	sendmsg(to, &message, MSG_NOSIGNAL);
}

// Serves one request. False where the other end is closed.
static bool
serve_one(int fd, const char *const paths[PRIVSEP_SOCKETS])
{
	uint8_t wanted;
	int connection = -1;

	if (recv(fd, &wanted, sizeof(wanted), 0) <= 0)
		return false;
	errno = EACCES;
	if (wanted < PRIVSEP_SOCKETS && paths[wanted] != NULL)
		connection = privsep_connect_here(wanted, paths[wanted]);
	send_fd(fd, connection < 0 ? errno : 0, connection);
	if (connection >= 0)
		close(connection);
	return true;
}

static int
status_of(int child)
{
	int status;

	while (waitpid(child, &status, 0) < 0)
		if (errno != EINTR)
			return EXIT_FAILURE;
	return WIFEXITED(status) ? WEXITSTATUS(status) : EXIT_FAILURE;
}

int
privsep_monitor_run(int fd, int signal_fd, int child, const char *const paths[PRIVSEP_SOCKETS])
{
	struct pollfd fds[] = {
		{.fd = fd, .events = POLLIN},
		{.fd = signal_fd, .events = POLLIN},
	};
	bool end = false;

	while (!end) {
		if (poll(fds, 2, -1) < 0)
			continue;
		end = fds[1].revents != 0 || (fds[0].revents != 0 && !serve_one(fd, paths));
	}
	close(fd);
	return status_of(child);
}

int
privsep_connect_here(enum privsep_socket socket, const char *path)
{
	return socket == PRIVSEP_CONTROL ? control_socket_connect(path) : telemetry_connect(path);
}

// Has the monitor connect; the only request under way.
static int
request_fd(int fd, uint8_t wanted)
{
	union control control = {0};
	int error = 0, connection = -1;
	struct iovec payload = {.iov_base = &error, .iov_len = sizeof(error)};
	struct msghdr message = {
		.msg_iov = &payload,
		.msg_iovlen = 1,
		.msg_control = control.bytes,
		.msg_controllen = sizeof(control.bytes),
	};

	if (send(fd, &wanted, sizeof(wanted), MSG_NOSIGNAL) != 1)
		return -1;
	if (recvmsg(fd, &message, MSG_CMSG_CLOEXEC) != sizeof(error)) {
		errno = ECONNRESET;
		return -1;
	}
	struct cmsghdr *header = CMSG_FIRSTHDR(&message);

	if (header != NULL && header->cmsg_type == SCM_RIGHTS)
		memcpy(&connection, CMSG_DATA(header), sizeof(connection));
	errno = error;
	return connection;
}

int
privsep_connect(int fd, enum privsep_socket socket)
{
	static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

	pthread_mutex_lock(&lock);
	int connection = request_fd(fd, (uint8_t)socket);
	int error = errno;

	pthread_mutex_unlock(&lock);
	errno = error;
	return connection;
}
