// SPDX-License-Identifier: BSD-3-Clause
// app/common/service/service_manager.h: what systemd hears, and when.

#include "../../app/common/service/service_manager.h"
#include "../support/cmocka_wrap.h"
#include "../support/notify_socket.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int
setup(void **state)
{
	(void)state;
	notify_socket_open();
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	unsetenv("WATCHDOG_USEC");
	unsetenv("WATCHDOG_PID");
	notify_socket_close();
	return 0;
}

// The first in this program: nothing has said ready yet.
static void
test_start_leaves_the_watchdog_alone(void **state)
{
	char expected[64];

	(void)state;
	snprintf(expected, sizeof(expected), "EXTEND_TIMEOUT_USEC=%d000000", SERVICE_PATIENCE_S);
	service_manager_goes_on();
	assert_string_equal(notify_socket_read(), expected);
}

static void
test_ready_has_a_sentence(void **state)
{
	(void)state;
	service_manager_ready("ready without 10.77.0.9 (no link)");
	assert_string_equal(
		notify_socket_read(), "READY=1\nSTATUS=ready without 10.77.0.9 (no link)"
	);
	service_manager_stopping("stopping");
	assert_string_equal(notify_socket_read(), "STOPPING=1\nSTATUS=stopping");
}

// A second line would be a field of its own.
static void
test_status_is_one_line(void **state)
{
	char expected[SERVICE_STATUS_MAX + 16], text[2 * SERVICE_STATUS_MAX];

	(void)state;
	service_manager_status("not started: %s", "a\nREADY=1");
	assert_string_equal(notify_socket_read(), "STATUS=not started: a");
	service_manager_ready("a\nWATCHDOG=1");
	assert_string_equal(notify_socket_read(), "READY=1\nSTATUS=a");
	memset(text, 'x', sizeof(text));
	text[sizeof(text) - 1] = '\0';
	service_manager_status("%s", text);
	snprintf(expected, sizeof(expected), "STATUS=%.*s", SERVICE_STATUS_MAX - 1, text);
	assert_string_equal(notify_socket_read(), expected);
}

static void
test_reload_names_its_moment(void **state)
{
	unsigned long long us;

	(void)state;
	service_manager_reloading();
	const char *message = notify_socket_read();

	assert_int_equal(sscanf(message, "RELOADING=1\nMONOTONIC_USEC=%llu\nSTATUS=", &us), 1);
	assert_true(us > 0);
}

static void
test_progress_is_told_once_a_second(void **state)
{
	char expected[64];

	(void)state;
	snprintf(
		expected,
		sizeof(expected),
		"EXTEND_TIMEOUT_USEC=%d000000\nWATCHDOG=1",
		SERVICE_PATIENCE_S
	);
	usleep(1100000); // since the start
	for (int i = 0; i < 1000; i++)
		service_manager_goes_on();
	assert_string_equal(notify_socket_read(), expected);
	assert_string_equal(notify_socket_read(), "");
	usleep(1100000);
	service_manager_goes_on();
	assert_string_equal(notify_socket_read(), expected);
}

static void
test_watchdog_is_of_this_process(void **state)
{
	char pid[16];

	(void)state;
	assert_int_equal(service_manager_watchdog_ms(), 0);
	setenv("WATCHDOG_USEC", "15000000", 1);
	assert_int_equal(service_manager_watchdog_ms(), 15000);
	setenv("WATCHDOG_PID", "1", 1);
	assert_int_equal(service_manager_watchdog_ms(), 0);
	snprintf(pid, sizeof(pid), "%d", (int)getpid());
	setenv("WATCHDOG_PID", pid, 1);
	assert_int_equal(service_manager_watchdog_ms(), 15000);
	service_manager_feed_watchdog();
	assert_string_equal(notify_socket_read(), "WATCHDOG=1");
}

static void
test_nobody_listens(void **state)
{
	(void)state;
	unsetenv("NOTIFY_SOCKET");
	service_manager_ready("ready");
	service_manager_goes_on();
	service_manager_feed_watchdog();
	assert_string_equal(notify_socket_read(), "");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			test_start_leaves_the_watchdog_alone, setup, teardown
		),
		cmocka_unit_test_setup_teardown(test_ready_has_a_sentence, setup, teardown),
		cmocka_unit_test_setup_teardown(test_status_is_one_line, setup, teardown),
		cmocka_unit_test_setup_teardown(test_reload_names_its_moment, setup, teardown),
		cmocka_unit_test_setup_teardown(
			test_progress_is_told_once_a_second, setup, teardown
		),
		cmocka_unit_test_setup_teardown(test_watchdog_is_of_this_process, setup, teardown),
		cmocka_unit_test_setup_teardown(test_nobody_listens, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
