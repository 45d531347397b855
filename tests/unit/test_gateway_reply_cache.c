// SPDX-License-Identifier: BSD-3-Clause
// app/weir-gateway/reply_cache.c: how often commands are sent to Weir, which is a thread of the test.

#include "../../app/weir-gateway/reply_cache.h"
#include "../support/cmocka_wrap.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static uint64_t now_us;
static struct gateway_stats stats;
static struct telemetry_client *client;
static struct reply_cache *cache;

// Weir: counts commands, and replies to each with its number, or an error.
static int listener = -1; // its end of the connection
static pthread_t thread;
static unsigned commands, connects;
static long pid = 100;
static bool fails, is_down;
static int failure_code = 404;

static void *
be_weir(void *context)
{
	char command[256], reply[512];
	ssize_t size;

	(void)context;
	snprintf(reply, sizeof(reply), "{\"pid\": %ld}", pid);
	send(listener, reply, strlen(reply), MSG_NOSIGNAL);
	while ((size = recv(listener, command, sizeof(command) - 1, 0)) > 0) {
		command[size] = '\0';
		command[strcspn(command, ",")] = '\0'; // replies name the command alone
		commands++;
		snprintf(
			reply,
			sizeof(reply),
			fails ? "{\"%s\": {\"error\": \"not known\", \"code\": %d, \"n\": %u}}"
			      : "{\"%s\": {\"code\": %d, \"n\": %u}}",
			command,
			failure_code,
			commands
		);
		send(listener, reply, strlen(reply), MSG_NOSIGNAL);
	}
	close(listener);
	return NULL;
}

static void
disconnect(void)
{
	if (listener < 0)
		return;
	shutdown(listener, SHUT_RDWR);
	pthread_join(thread, NULL);
	listener = -1;
}

static int
connect_to_weir(void *context)
{
	int pair[2];

	(void)context;
	connects++;
	if (is_down) {
		errno = ENOENT;
		return -1;
	}
	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair), 0);
	listener = pair[0];
	assert_int_equal(pthread_create(&thread, NULL, be_weir, NULL), 0);
	return pair[1];
}

static uint64_t
clock_of_test(void)
{
	return now_us;
}

// The number in the reply; 0 for an error with `code`.
static json_int_t
get(const char *command, unsigned keep_ms, enum telemetry_code code)
{
	struct telemetry_error error = {0};
	json_t *value = reply_cache_get(cache, command, keep_ms, &error);
	json_int_t number = json_integer_value(json_object_get(value, "n"));

	assert_int_equal(error.code, code);
	assert_true((value == NULL) == (code != TELEMETRY_OK));
	json_decref(value);
	return number;
}

static int
set_up(void **state)
{
	(void)state;
	now_us = 1000000;
	commands = connects = 0;
	fails = is_down = false;
	failure_code = 404;
	stats = (struct gateway_stats){0};
	client = telemetry_client_new_by(connect_to_weir, NULL, "the test");
	cache = reply_cache_new(client, &stats, clock_of_test);
	return cache == NULL;
}

static int
tear_down(void **state)
{
	(void)state;
	reply_cache_free(cache);
	disconnect();
	telemetry_client_free(client);
	return 0;
}

static void
test_kept(void **state)
{
	(void)state;
	assert_int_equal(get("/weir/a", 1000, TELEMETRY_OK), 1);
	now_us += 999999;
	assert_int_equal(get("/weir/a", 1000, TELEMETRY_OK), 1);
	assert_int_equal(get("/weir/b", 1000, TELEMETRY_OK), 2);
	now_us += 1;
	assert_int_equal(get("/weir/a", 5000, TELEMETRY_OK), 1);
	assert_int_equal(get("/weir/a", 1000, TELEMETRY_OK), 3);
	assert_int_equal(stats.commands, 3);
	assert_int_equal(stats.commands_failed, 0);
	assert_int_equal(connects, 1);
}

static void
test_errors_kept(void **state)
{
	(void)state;
	fails = true;
	assert_int_equal(get("/weir/a", 1000, TELEMETRY_UNKNOWN), 0);
	assert_int_equal(get("/weir/a", 1000, TELEMETRY_UNKNOWN), 0);
	assert_int_equal(commands, 1);
	fails = false;
	now_us += 1000000;
	assert_int_equal(get("/weir/a", 1000, TELEMETRY_OK), 2);
	assert_int_equal(stats.commands_failed, 1);
}

// A worker that hangs fails one command and no other.
static void
test_one_fails(void **state)
{
	(void)state;
	assert_int_equal(get("/weir/top", 1000, TELEMETRY_OK), 1);
	fails = true;
	failure_code = TELEMETRY_UNREACHABLE;
	now_us += 1000000;
	assert_int_equal(get("/weir/top", 1000, TELEMETRY_UNREACHABLE), 0);
	fails = false;
	assert_int_equal(get("/weir/stats", 1000, TELEMETRY_OK), 3);
	assert_int_equal(get("/weir/top", 1000, TELEMETRY_UNREACHABLE), 0); // kept
	struct reply_state top = reply_cache_state(cache, "/weir/top");

	assert_true(top.sent && top.known && !top.good);
	assert_int_equal(top.age_ms, 1000);
	assert_int_equal(json_integer_value(json_object_get(top.value, "n")), 1);
	assert_string_equal(top.error, "not known");
	assert_true(reply_cache_state(cache, "/weir/stats").good);
	assert_false(reply_cache_state(cache, "/weir/other").sent);
	now_us += 1000000;
	assert_int_equal(get("/weir/top", 1000, TELEMETRY_OK), 4);
	assert_int_equal(connects, 1);
}

static void
test_unreachable(void **state)
{
	(void)state;
	is_down = true;
	assert_int_equal(get("/weir/a", 1000, TELEMETRY_UNREACHABLE), 0);
	assert_int_equal(get("/weir/b", 1000, TELEMETRY_UNREACHABLE), 0);
	now_us += 999999;
	assert_int_equal(get("/weir/a", 1000, TELEMETRY_UNREACHABLE), 0);
	assert_int_equal(connects, 1);
	is_down = false;
	now_us += 1;
	assert_int_equal(get("/weir/a", 1000, TELEMETRY_OK), 1);
	assert_int_equal(connects, 2);
}

static void
test_another_weir(void **state)
{
	(void)state;
	assert_int_equal(get("/weir/a", 60000, TELEMETRY_OK), 1);
	assert_int_equal(get("/weir/b", 1000, TELEMETRY_OK), 2);
	disconnect();
	pid++;
	now_us += 1000000;
	assert_int_equal(get("/weir/b", 1000, TELEMETRY_OK), 3);
	assert_int_equal(
		get("/weir/a", 60000, TELEMETRY_OK), 4
	); // replies of the first process are discarded
}

static void
test_bounded(void **state)
{
	char command[64];

	(void)state;
	for (unsigned i = 0; i < REPLY_CACHE_MAX; i++) {
		now_us++;
		snprintf(command, sizeof(command), "/weir/x,%u", i);
		assert_int_equal(get(command, 1000, TELEMETRY_OK), i + 1);
	}
	now_us++;
	assert_int_equal(get("/weir/x,0", 1000, TELEMETRY_OK), 1); // used last
	now_us++;
	assert_int_equal(get("/weir/y", 1000, TELEMETRY_OK), REPLY_CACHE_MAX + 1); // evicts x,1
	now_us++;
	assert_int_equal(get("/weir/x,0", 1000, TELEMETRY_OK), 1);
	assert_int_equal(get("/weir/x,2", 1000, TELEMETRY_OK), 3);
	assert_int_equal(get("/weir/x,1", 1000, TELEMETRY_OK), REPLY_CACHE_MAX + 2);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_kept, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_errors_kept, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_one_fails, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_unreachable, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_another_weir, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_bounded, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
