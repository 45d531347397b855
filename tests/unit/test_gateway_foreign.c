// SPDX-License-Identifier: BSD-3-Clause
// app/weir-gateway: whatever a reply holds, every route responds with JSON or metrics. Weir is a
// thread of the test.

#include "../../app/weir-gateway/dispatch.h"
#include "../support/cmocka_wrap.h"
#include "../support/foreign.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { SOCKET_BYTES = 1 << 16, COMMAND_MAX = 256, COMMANDS_MAX = 64 };

static json_t *recorded;
static int sockets[2];
static pthread_t thread;
static struct telemetry_client *client;
static struct gateway_stats stats;

// The reply to one command in place of the recorded one; set while the thread waits.
static const char *spoiled_command;
static const json_t *spoiled_reply;
static unsigned commands; // received since a handler was called

// The recorded reply to a command, whatever its arguments were.
static const json_t *
find_reply(const char *command)
{
	size_t length = strlen(command);
	const char *recorded_command;
	json_t *reply;

	if (spoiled_command != NULL && strcmp(command, spoiled_command) == 0)
		return spoiled_reply;
	json_object_foreach (recorded, recorded_command, reply)
		if (strncmp(recorded_command, command, length) == 0
		    && (recorded_command[length] == ',' || recorded_command[length] == '\0'))
			return reply;
	return NULL;
}

static void *
be_weir(void *context)
{
	static const char greeting[] = "{\"pid\": 7}";
	char command[COMMAND_MAX];
	ssize_t size;

	(void)context;
	send(sockets[1], greeting, sizeof(greeting) - 1, 0);
	while ((size = recv(sockets[1], command, sizeof(command) - 1, 0)) > 0) {
		command[size] = '\0';
		command[strcspn(command, ",")] = '\0';
		commands++;
		json_t *whole = json_pack("{s:O?}", command, find_reply(command));
		char *text = json_dumps(whole, JSON_COMPACT);

		send(sockets[1], text, strlen(text), 0);
		free(text);
		json_decref(whole);
	}
	close(sockets[1]);
	return NULL;
}

static int
connect_to_weir(void *context)
{
	(void)context;
	return sockets[0];
}

static uint64_t
stand_still(void)
{
	return 1000000;
}

static struct request
request_of(enum route route)
{
	struct request request = {
		.route = route, .offset = 0, .limit = 8, .peers_offset = 0, .peers_limit = 40};

	memset(request.info_hash, 'a', sizeof(request.info_hash) - 1);
	return request;
}

static void
check_response(const struct response *response)
{
	assert_true(response->status >= 200 && response->status < 600 && response->status != 500);
	assert_non_null(response->body);
	if (strstr(response->type, "json") != NULL) {
		json_t *json = json_loadb(response->body, response->size, 0, NULL);

		assert_non_null(json);
		json_decref(json);
	}
}

static void
handle_route(enum route route)
{
	struct request request = request_of(route);
	struct reply_cache *cache = reply_cache_new(client, &stats, stand_still);
	struct history *history = history_new();

	commands = 0;
	struct response response = dispatch_request(&request, cache, &stats, history);

	assert_true(commands < COMMANDS_MAX); // no reply makes a handler loop for ever
	if (response.status != 0 || route != ROUTE_whitelist_add)
		check_response(&response);
	response_free(&response);
	history_free(history);
	reply_cache_free(cache);
}

static void
handle_all(const json_t *reply, void *context)
{
	static const enum route reading[] = {
		ROUTE_health,
		ROUTE_stats,
		ROUTE_torrent,
		ROUTE_torrents,
		ROUTE_status,
		ROUTE_whitelist_add,
		ROUTE_metrics,
	};

	spoiled_command = context;
	spoiled_reply = reply;
	for (unsigned r = 0; r < sizeof(reading) / sizeof(*reading); r++)
		handle_route(reading[r]);
	spoiled_command = NULL;
}

static void
test_every_route_responds_whatever_a_reply_holds(void **state)
{
	const char *recorded_command;
	json_t *reply;

	(void)state;
	json_object_foreach (recorded, recorded_command, reply) {
		char command[COMMAND_MAX];

		snprintf(
			command,
			sizeof(command),
			"%.*s",
			(int)strcspn(recorded_command, ","),
			recorded_command
		);
		// A step without a factor in common with the number of strangers: all are seen.
		assert_true(foreign_each(reply, 23, handle_all, command) > 0);
	}
}

static void
test_more_peers_than_requested(void **state)
{
	json_t *peers = json_object(), *reply;
	char key[16];

	(void)state;
	for (unsigned i = 0; i < 100; i++) {
		snprintf(key, sizeof(key), "%u", i);
		json_object_set_new(peers, key, json_object());
	}
	reply = json_pack("{s:i,s:o}", "total", 100, "peers", peers);
	spoiled_command = "/weir/peers";
	spoiled_reply = reply;
	handle_route(ROUTE_torrent);
	spoiled_command = NULL;
	json_decref(reply);
}

static int
set_up(void **state)
{
	(void)state;
	recorded = foreign_replies();
	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, sockets), 0);
	assert_int_equal(pthread_create(&thread, NULL, be_weir, NULL), 0);
	client = telemetry_client_new_by(connect_to_weir, NULL, "/x");
	return client == NULL;
}

static int
tear_down(void **state)
{
	(void)state;
	telemetry_client_free(client);
	pthread_join(thread, NULL);
	json_decref(recorded);
	return 0;
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			test_every_route_responds_whatever_a_reply_holds, set_up, tear_down
		),
		cmocka_unit_test_setup_teardown(test_more_peers_than_requested, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
