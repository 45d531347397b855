// SPDX-License-Identifier: BSD-3-Clause
// app/weirctl/fetch.c: pages and long lists, asked of a made-up Weir at the other end of a socket.

#include "../../app/telemetry_client/reply.h"
#include "../../app/weirctl/fetch.h"
#include "../support/cmocka_wrap.h"

#include <pthread.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { TORRENTS = 250, LCORES = 43, COMMANDS_MAX = 64 };

static char received_commands[COMMANDS_MAX][64];
static unsigned received;

static json_t *
torrents(unsigned offset, unsigned limit)
{
	json_t *list = json_object();
	unsigned count = 0;
	char key[16];

	for (; count < limit && offset + count < TORRENTS; count++) {
		snprintf(key, sizeof(key), "%u", count);
		json_object_set_new(
			list, key, json_pack("{s:i}", "seeders", (int)(offset + count))
		);
	}
	return json_pack(
		"{s:i,s:i,s:i,s:o}",
		"total",
		TORRENTS,
		"offset",
		(int)offset,
		"count",
		(int)count,
		"torrents",
		list
	);
}

static json_t *
lcores(unsigned only)
{
	char key[16];

	if (only > LCORES)
		return json_pack("{s:s,s:i}", "error", "there is no lcore", "code", 404);
	if (only > 0)
		return json_pack("{s:i}", "cpu", (int)only);
	json_t *list = json_object();

	for (int i = 1; i <= 40; i++) { // as many as a reply has room for
		snprintf(key, sizeof(key), "%d", i);
		json_object_set_new(list, key, json_pack("{s:i}", "cpu", i));
	}
	return list;
}

// What a broken Weir might say: rows without end, all with the number 0.
static json_t *
endless_shards(bool one)
{
	char key[16];

	if (one)
		return json_pack("{s:i}", "shard", 0);
	json_t *list = json_object();

	for (int i = 0; i < 40; i++) {
		snprintf(key, sizeof(key), "%d", i);
		json_object_set_new(list, key, json_pack("{s:i}", "shard", 0));
	}
	return list;
}

// More than any command asks for.
static json_t *
too_many_peers(void)
{
	json_t *list = json_object();
	char key[16];

	for (int i = 0; i < 100; i++) {
		snprintf(key, sizeof(key), "%d", i);
		json_object_set_new(list, key, json_object());
	}
	return json_pack("{s:o}", "peers", list);
}

static json_t *
answer(const char *command)
{
	unsigned a = 0, b = 0;

	if (sscanf(command, "/weir/torrents,%u,%u", &a, &b) == 2)
		return json_pack("{s:o}", "/weir/torrents", torrents(a, b));
	if (strncmp(command, "/weir/lcores", 12) == 0) {
		sscanf(command, "/weir/lcores,%u", &a);
		return json_pack("{s:o}", "/weir/lcores", lcores(a));
	}
	if (strncmp(command, "/weir/shards", 12) == 0)
		return json_pack("{s:o}", "/weir/shards", endless_shards(command[12] == ','));
	if (strncmp(command, "/weir/peers", 11) == 0)
		return json_pack("{s:o}", "/weir/peers", too_many_peers());
	return json_pack("{s:n}", command);
}

static void
send_json(int fd, json_t *value)
{
	char *text = json_dumps(value, JSON_COMPACT);

	assert_int_equal(send(fd, text, strlen(text), 0), strlen(text));
	free(text);
	json_decref(value);
}

static void *
serve(void *argument)
{
	int fd = *(int *)argument;
	char command[64];
	ssize_t got;

	send_json(fd, json_pack("{s:i}", "pid", 7));
	while ((got = recv(fd, command, sizeof(command) - 1, 0)) > 0) {
		command[got] = '\0';
		if (received < COMMANDS_MAX)
			memcpy(received_commands[received], command, sizeof(command));
		received++;
		send_json(fd, answer(command));
	}
	close(fd);
	return NULL;
}

static int sockets[2];
static pthread_t server;
static struct telemetry_client *client;

static int
take_socket(void *context)
{
	(void)context;
	return sockets[0];
}

static int
setup(void **state)
{
	(void)state;
	received = 0;
	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, sockets), 0);
	assert_int_equal(pthread_create(&server, NULL, serve, &sockets[1]), 0);
	client = telemetry_client_new_by(take_socket, NULL, "/x");
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	telemetry_client_free(client);
	return pthread_join(server, NULL);
}

static json_t *
fetch_torrents(const char *offset, const char *limit)
{
	const char *words[] = {offset, limit};
	struct telemetry_error error;
	unsigned count = offset == NULL ? 0 : limit == NULL ? 1 : 2;

	return fetch(client, &commands[COMMAND_torrents], words, count, &error);
}

static void
assert_torrents(const json_t *reply, unsigned offset, unsigned count)
{
	const json_t *list = json_object_get(reply, "torrents");

	assert_int_equal(reply_number(reply, "offset"), offset);
	assert_int_equal(reply_number(reply, "count"), count);
	assert_int_equal(reply_number(reply, "total"), TORRENTS);
	assert_int_equal(json_array_size(list), count);
	for (unsigned i = 0; i < count; i++)
		assert_int_equal(reply_number(json_array_get(list, i), "seeders"), offset + i);
}

static void
test_the_first_page(void **state)
{
	json_t *reply = fetch_torrents(NULL, NULL);

	(void)state;
	assert_torrents(reply, 0, 100);
	assert_int_equal(received, 1);
	assert_string_equal(received_commands[0], "/weir/torrents,0,100");
	json_decref(reply);
}

static void
test_several_pages(void **state)
{
	json_t *reply = fetch_torrents("20", "205");

	(void)state;
	assert_torrents(reply, 20, 205);
	assert_int_equal(received, 3);
	assert_string_equal(received_commands[0], "/weir/torrents,20,100");
	assert_string_equal(received_commands[1], "/weir/torrents,120,100");
	assert_string_equal(received_commands[2], "/weir/torrents,220,5");
	json_decref(reply);
}

static void
test_pages_end_where_torrents_do(void **state)
{
	json_t *reply = fetch_torrents("100", "100000");

	(void)state;
	assert_torrents(reply, 100, 150);
	assert_int_equal(received, 2);
	json_decref(reply);
	reply = fetch_torrents("250", "10");
	assert_torrents(reply, 250, 0);
	json_decref(reply);
}

static void
test_a_list_longer_than_a_reply(void **state)
{
	struct telemetry_error error;
	json_t *list = fetch(client, &commands[COMMAND_lcores], NULL, 0, &error);

	(void)state;
	assert_int_equal(json_array_size(list), LCORES);
	for (unsigned i = 0; i < LCORES; i++) {
		assert_int_equal(reply_number(json_array_get(list, i), "lcore"), i + 1);
		assert_int_equal(reply_number(json_array_get(list, i), "cpu"), i + 1);
	}
	assert_int_equal(received, 5); // all, 41, 42, 43, and that there is no 44
	json_decref(list);
}

static void
test_a_weir_that_never_stops(void **state)
{
	static const char hash[] = "0123456789abcdef0123456789abcdef01234567";
	const char *words[] = {hash, "0", "50"};
	struct telemetry_error error;
	json_t *list = fetch(client, &commands[COMMAND_shards], NULL, 0, &error);

	(void)state;
	assert_int_equal(json_array_size(list), 4096);
	json_decref(list);
	received = 0;
	json_t *reply = fetch(client, &commands[COMMAND_peers], words, 3, &error);

	assert_int_equal(received, 1);
	assert_int_equal(json_array_size(json_object_get(reply, "peers")), 100);
	json_decref(reply);
}

static void
test_a_weir_that_does_not_know(void **state)
{
	struct telemetry_error error;

	(void)state;
	assert_null(fetch(client, &commands[COMMAND_export], NULL, 0, &error));
	assert_int_equal(error.code, TELEMETRY_UNKNOWN);
	assert_string_equal(error.text, "this Weir does not know /weir/export");
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_the_first_page, setup, teardown),
		cmocka_unit_test_setup_teardown(test_several_pages, setup, teardown),
		cmocka_unit_test_setup_teardown(test_pages_end_where_torrents_do, setup, teardown),
		cmocka_unit_test_setup_teardown(test_a_list_longer_than_a_reply, setup, teardown),
		cmocka_unit_test_setup_teardown(test_a_weir_that_never_stops, setup, teardown),
		cmocka_unit_test_setup_teardown(test_a_weir_that_does_not_know, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
