// SPDX-License-Identifier: BSD-3-Clause
// app/ask/ask.c: why there is no answer, against sockets of the test.

#include "../../app/ask/ask.h"
#include "../support/cmocka_wrap.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

enum { PATIENCE_S = 1, BACKLOG = 1, SLOW_S = 10 };

static char path[] = "/tmp/weir-test-ask-XXXXXX";
static int server = -1; // takes connections, and never says anything by itself
static struct ask *ask;
static struct ask_error error;

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
	ask = ask_new(path);
	ask_set_patience(ask, PATIENCE_S);
	return ask == NULL;
}

static int
tear_down(void **state)
{
	(void)state;
	ask_free(ask);
	close(server);
	unlink(path);
	memcpy(path + sizeof(path) - 7, "XXXXXX", 6);
	return 0;
}

static void
expect(enum ask_code code, enum ask_cause cause)
{
	assert_null(ask_weir(ask, "/weir/stats", &error));
	assert_int_equal(error.code, code);
	assert_int_equal(error.cause, cause);
}

static void
test_absent(void **state)
{
	(void)state;
	unlink(path);
	expect(ASK_UNREACHABLE, ASK_CAUSE_ABSENT);
}

// A process that stands still takes as many connections as its socket keeps waiting, and then none:
// nobody may wait for it for ever.
static void
test_silent(void **state)
{
	time_t from = time(NULL);

	(void)state;
	for (unsigned i = 0; i < BACKLOG + 2; i++)
		expect(ASK_UNREACHABLE, ASK_CAUSE_SILENT);
	assert_null(strstr(error.text, "too many"));
	assert_true(time(NULL) - from < SLOW_S);
}

// Makes the connection of `ask` and plays Weir's part of it: a greeting, and `answer` to a question.
static void
answer_with(const char *answer)
{
	static const char greeting[] = "{\"pid\": 7}";
	pid_t child = fork();

	if (child == 0) {
		char question[64];
		int connection = accept(server, NULL, NULL);

		send(connection, greeting, sizeof(greeting) - 1, MSG_NOSIGNAL);
		while (recv(connection, question, sizeof(question), 0) > 0)
			if (answer != NULL)
				send(connection, answer, strlen(answer), MSG_NOSIGNAL);
		_exit(0);
	}
	assert_true(child > 0);
}

static void
test_late(void **state)
{
	(void)state;
	answer_with(NULL);
	expect(ASK_UNREACHABLE, ASK_CAUSE_LATE);
	assert_string_equal(error.text, "Weir does not answer /weir/stats within 1 s");
}

static void
test_refused(void **state)
{
	(void)state;
	answer_with("{\"/weir/stats\": {\"error\": \"a worker stands still\", \"code\": 503}}");
	expect(ASK_UNREACHABLE, ASK_CAUSE_REFUSED);
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
