// SPDX-License-Identifier: BSD-3-Clause
// app/weir-gateway: whatever a reply holds, every route has an answer that is JSON or metrics, against a
// Weir that is a thread of the test.

#include "../../app/weir-gateway/answers.h"
#include "../support/cmocka_wrap.h"
#include "../support/foreign.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { SOCKET_BYTES = 1 << 16, QUESTION_MAX = 256, ASKED_MAX = 64 };

static json_t *recorded;
static int sockets[2];
static pthread_t thread;
static struct telemetry_client *client;
static struct own own;

// What the thread answers to one command in place of what was recorded; set while it waits.
static const char *spoiled_command;
static const json_t *spoiled_reply;
static unsigned asked; // since an answer was begun

// The recorded reply to a command, whatever its arguments were.
static const json_t *
find_reply(const char *command)
{
	size_t length = strlen(command);
	const char *question;
	json_t *reply;

	if (spoiled_command != NULL && strcmp(command, spoiled_command) == 0)
		return spoiled_reply;
	json_object_foreach (recorded, question, reply)
		if (strncmp(question, command, length) == 0
		    && (question[length] == ',' || question[length] == '\0'))
			return reply;
	return NULL;
}

static void *
be_weir(void *context)
{
	static const char greeting[] = "{\"pid\": 7}";
	char question[QUESTION_MAX];
	ssize_t size;

	(void)context;
	send(sockets[1], greeting, sizeof(greeting) - 1, 0);
	while ((size = recv(sockets[1], question, sizeof(question) - 1, 0)) > 0) {
		question[size] = '\0';
		question[strcspn(question, ",")] = '\0';
		asked++;
		json_t *whole = json_pack("{s:O?}", question, find_reply(question));
		char *text = json_dumps(whole, JSON_COMPACT);

		send(sockets[1], text, strlen(text), 0);
		free(text);
		json_decref(whole);
	}
	close(sockets[1]);
	return NULL;
}

static int
dial(void *context)
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
answer_route(enum route route)
{
	struct request request = request_of(route);
	struct replies *replies = replies_new(client, &own, stand_still);
	struct history *history = history_new();

	asked = 0;
	struct answer answer = answers_make(&request, replies, &own, history);

	assert_true(answer.status >= 200 && answer.status < 600 && answer.status != 500);
	assert_non_null(answer.body);
	assert_true(asked < ASKED_MAX); // no reply makes it ask for ever
	if (strstr(answer.type, "json") != NULL) {
		json_t *json = json_loadb(answer.body, answer.size, 0, NULL);

		assert_non_null(json);
		json_decref(json);
	}
	answer_free(&answer);
	history_free(history);
	replies_free(replies);
}

static void
answer_all(const json_t *reply, void *context)
{
	static const enum route routes[] = {
		ROUTE_health,
		ROUTE_stats,
		ROUTE_torrent,
		ROUTE_torrents,
		ROUTE_status,
		ROUTE_metrics,
	};

	spoiled_command = context;
	spoiled_reply = reply;
	for (unsigned r = 0; r < sizeof(routes) / sizeof(*routes); r++)
		answer_route(routes[r]);
	spoiled_command = NULL;
}

static void
test_every_route_answers_whatever_a_reply_holds(void **state)
{
	const char *question;
	json_t *reply;

	(void)state;
	json_object_foreach (recorded, question, reply) {
		char command[QUESTION_MAX];

		snprintf(command, sizeof(command), "%.*s", (int)strcspn(question, ","), question);
		// A step without a factor in common with the number of strangers: all are seen.
		assert_true(foreign_each(reply, 23, answer_all, command) > 0);
	}
}

static void
test_more_peers_than_were_asked_for(void **state)
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
	answer_route(ROUTE_torrent);
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
	client = telemetry_client_new_by(dial, NULL, "/x");
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
			test_every_route_answers_whatever_a_reply_holds, set_up, tear_down
		),
		cmocka_unit_test_setup_teardown(
			test_more_peers_than_were_asked_for, set_up, tear_down
		),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
