// SPDX-License-Identifier: BSD-3-Clause
// app/weir-gateway/privsep.c: the monitor process connects to the sockets that it may, and to no other.

#include "../../app/weir-gateway/privsep.h"
#include "../support/cmocka_wrap.h"
#include "../support/temp.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

static struct sockaddr_un address = {.sun_family = AF_UNIX};
static struct temp temp;
static int listening, monitor_fd;
static pid_t monitor;

// A monitor in a process of its own, whose child has ended already.
static void
start(const char *telemetry, const char *control)
{
	const char *const paths[PRIVSEP_SOCKETS] = {
		[PRIVSEP_TELEMETRY] = telemetry,
		[PRIVSEP_CONTROL] = control,
	};
	int pair[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair), 0);
	monitor = fork();
	assert_true(monitor >= 0);
	if (monitor == 0) {
		close(pair[1]);
		pid_t child = fork();

		if (child == 0)
			_exit(7);
		_exit(privsep_monitor_run(pair[0], -1, child, paths));
	}
	close(pair[0]);
	monitor_fd = pair[1];
}

static void
stop(void)
{
	int status;

	close(monitor_fd);
	assert_int_equal(waitpid(monitor, &status, 0), monitor);
	assert_int_equal(WEXITSTATUS(status), 7); // that of its child
}

static void
test_connects(void **state)
{
	char got[8];

	(void)state;
	start("/nothing/there", address.sun_path);
	int fd = privsep_connect(monitor_fd, PRIVSEP_CONTROL);

	assert_true(fd >= 0);
	int accepted = accept(listening, NULL, NULL);

	assert_int_equal(write(fd, "hello", 5), 5);
	assert_int_equal(read(accepted, got, sizeof(got)), 5);
	close(accepted);
	close(fd);
	assert_int_equal(privsep_connect(monitor_fd, PRIVSEP_TELEMETRY), -1);
	assert_int_equal(errno, ENOENT);
	stop();
}

// Without a writing token nobody reaches the control socket, not even a server process that was taken over.
static void
test_refuses(void **state)
{
	(void)state;
	start("/nothing/there", NULL);
	assert_int_equal(privsep_connect(monitor_fd, PRIVSEP_CONTROL), -1);
	assert_int_equal(errno, EACCES);
	assert_int_equal(privsep_connect(monitor_fd, PRIVSEP_SOCKETS), -1);
	assert_int_equal(errno, EACCES);
	stop();
}

static int
set_up(void **state)
{
	(void)state;
	temp_open(&temp);
	snprintf(address.sun_path, sizeof(address.sun_path), "%.90s/control", temp.folder);
	listening = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	return bind(listening, (struct sockaddr *)&address, sizeof(address)) != 0
		|| listen(listening, 5) != 0;
}

static int
tear_down(void **state)
{
	(void)state;
	close(listening);
	temp_close(&temp);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_connects),
		cmocka_unit_test(test_refuses),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
