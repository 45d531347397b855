// SPDX-License-Identifier: BSD-3-Clause
// app/telemetry_client/telemetry_client.c: causes of a missing reply, against sockets of the test.

#include "../../app/telemetry_client/telemetry_client.h"
#include "../support/cmocka_wrap.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

enum { TIMEOUT_S = 1, BACKLOG = 1, SLOW_S = 10 };

static char path[] = "/tmp/weir-test-client-XXXXXX";
static int server = -1; // accepts connections, and sends nothing by itself
static struct telemetry_client *client;
static struct telemetry_error error;

static int
set_up(void **state)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int file = mkstemp(path);

	(void)state;
	assert_true(file >= 0);
	close(file);
	unlink(path);
	memcpy(address.sun_path, path, sizeof(path));
	server = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(server, (struct sockaddr *)&address, sizeof(address)), 0);
	assert_int_equal(listen(server, BACKLOG), 0);
	client = telemetry_client_new(path);
	telemetry_client_set_timeout(client, TIMEOUT_S);
	return client == NULL;
}

static int
tear_down(void **state)
{
	(void)state;
	telemetry_client_free(client);
	close(server);
	unlink(path);
	memcpy(path + sizeof(path) - 7, "XXXXXX", 6);
	return 0;
}

static void
expect(enum telemetry_code code, enum telemetry_cause cause)
{
	assert_null(telemetry_client_get(client, "/weir/stats", &error));
	assert_int_equal(error.code, code);
	assert_int_equal(error.cause, cause);
}

static void
test_absent(void **state)
{
	(void)state;
	unlink(path);
	expect(TELEMETRY_UNREACHABLE, TELEMETRY_CAUSE_ABSENT);
}

// A process that hangs accepts as many connections as fit into the backlog of its socket, and no more:
// no call may block for ever.
static void
test_silent(void **state)
{
	time_t from = time(NULL);

	(void)state;
	for (unsigned i = 0; i < BACKLOG + 2; i++)
		expect(TELEMETRY_UNREACHABLE, TELEMETRY_CAUSE_SILENT);
	assert_null(strstr(error.text, "too many"));
	assert_true(time(NULL) - from < SLOW_S);
}

// Plays Weir for one connection: sends a greeting, and `reply` to each command.
static void
reply_with(const char *reply)
{
	static const char greeting[] = "{\"pid\": 7}";
	pid_t child = fork();

	if (child == 0) {
		char command[64];
		int connection = accept(server, NULL, NULL);

		send(connection, greeting, sizeof(greeting) - 1, MSG_NOSIGNAL);
		while (recv(connection, command, sizeof(command), 0) > 0)
			if (reply != NULL)
				send(connection, reply, strlen(reply), MSG_NOSIGNAL);
		_exit(0);
	}
	assert_true(child > 0);
}

static void
test_late(void **state)
{
	(void)state;
	reply_with(NULL);
	expect(TELEMETRY_UNREACHABLE, TELEMETRY_CAUSE_LATE);
	assert_string_equal(error.text, "Weir does not answer /weir/stats within 1 s");
}

static void
test_refused(void **state)
{
	(void)state;
	reply_with("{\"/weir/stats\": {\"error\": \"a worker stands still\", \"code\": 503}}");
	expect(TELEMETRY_UNREACHABLE, TELEMETRY_CAUSE_REFUSED);
	assert_string_equal(error.text, "a worker stands still");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_absent, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_silent, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_late, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_refused, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
