// SPDX-License-Identifier: BSD-3-Clause
// app/weir/command: the socket's file, and clients that behave badly, beside one that is served. The commands
// are those that need nothing of Weir.

#include "../../app/common/monotonic.h"
#include "../../app/weir/command/command.h"
#include "../../app/weir/command/control_clients.h"
#include "../support/cmocka_wrap.h"
#include "../support/temp_fixture.h"

#include <errno.h>
#include <grp.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#define HELP "{\"command\":\"help\"}\n"

enum {
	PROMPT_MS = 1000, // in which a client that behaves is served, on a busy machine
	FLOOD = 800, // idle clients
};

static char path[TEMP_PATH_MAX];
static struct config config;
static struct weir weir = {.config = &config};
static struct error error;

static int
make_service(void **state)
{
	assert_int_equal(temp_setup(state), 0);
	temp_path(&temp, "control", path);
	config.control_socket = path;
	config.control_group = "";
	assert_true(command_up(&weir, &error));
	return 0;
}

static int
end_service(void **state)
{
	command_down(&weir);
	assert_int_equal(access(path, F_OK), -1); // nothing is left
	return temp_teardown(state);
}

static int
try_connect(void)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	const struct timeval timeout = {.tv_sec = 20};
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	assert_true(fd >= 0);
	memcpy(address.sun_path, path, strnlen(path, sizeof(address.sun_path) - 1));
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof(timeout));
	assert_int_equal(connect(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	return fd;
}

static void
put(int fd, const char *bytes, size_t len)
{
	while (len > 0) {
		ssize_t sent = send(fd, bytes, len, MSG_NOSIGNAL);

		assert_true(sent > 0);
		bytes += sent;
		len -= (size_t)sent;
	}
}

// The next line, or what came before the end.
static const char *
get_line(int fd)
{
	static char line[1 << 16];
	size_t len = 0;

	while (len + 1 < sizeof(line) && recv(fd, line + len, 1, 0) == 1)
		if (line[len++] == '\n')
			break;
	line[len] = '\0';
	return line;
}

static void
assert_says(int fd, const char *words)
{
	const char *line = get_line(fd);

	if (strstr(line, words) == NULL)
		fail_msg("not \"%s\" in: %s", words, line);
}

static void
assert_ended(int fd)
{
	char byte;
	ssize_t got = recv(fd, &byte, 1, 0);

	assert_true(got == 0 || (got < 0 && errno == ECONNRESET));
	close(fd);
}

// A new client is served, soon.
static void
assert_served(void)
{
	uint64_t start_ms = monotonic_ms();
	int fd = try_connect();

	put(fd, HELP, strlen(HELP));
	assert_says(fd, "\"ok\":true");
	close(fd);
	assert_in_range(monotonic_ms() - start_ms, 0, PROMPT_MS);
}

static void
test_mode_of_the_file(void **state)
{
	struct stat status;

	(void)state;
	assert_int_equal(lstat(path, &status), 0);
	assert_true(S_ISSOCK(status.st_mode));
	assert_int_equal(status.st_mode & 07777, 0660);
	assert_int_equal(status.st_gid, getegid());
}

static void
test_requests_in_order(void **state)
{
	int fd = try_connect();

	(void)state;
	put(fd, HELP "nonsense\n\n{}\n" HELP, 2 * strlen(HELP) + 13);
	assert_says(fd, "\"ok\":true");
	assert_says(fd, "is not JSON");
	assert_says(fd, "is not JSON");
	assert_says(fd, "command: is missing");
	assert_says(fd, "\"ok\":true");
	close(fd);
}

static void
test_a_byte_at_a_time(void **state)
{
	int fd = try_connect();

	(void)state;
	for (const char *c = HELP; *c != '\0'; c++) {
		put(fd, c, 1);
		usleep(1000);
	}
	assert_says(fd, "\"ok\":true");
	close(fd);
}

// A client that has sent its requests and ended its side gets its replies; half a line is no request.
static void
test_ends(void **state)
{
	int fd = try_connect();

	(void)state;
	put(fd, HELP HELP, 2 * strlen(HELP));
	shutdown(fd, SHUT_WR);
	assert_says(fd, "\"ok\":true");
	assert_says(fd, "\"ok\":true");
	assert_ended(fd);
	fd = try_connect();
	put(fd, HELP, strlen(HELP) - 1);
	shutdown(fd, SHUT_WR);
	assert_says(fd, "does not end with a line feed");
	assert_ended(fd);
	for (unsigned i = 0; i < 100; i++) {
		fd = try_connect();
		put(fd, HELP, i % 20);
		close(fd);
	}
	assert_served();
}

static void
test_long_lines(void **state)
{
	char *line = malloc(CONTROL_REQUEST_MAX + 2);

	(void)state;
	assert_non_null(line);
	memset(line, ' ', CONTROL_REQUEST_MAX + 1);
	memcpy(line, "{\"command\":\"help\"}", 18);
	line[CONTROL_REQUEST_MAX] = '\n';
	int fd = try_connect();

	put(fd, line, CONTROL_REQUEST_MAX + 1);
	assert_says(fd, "\"ok\":true");
	line[CONTROL_REQUEST_MAX] = ' ';
	line[CONTROL_REQUEST_MAX + 1] = '\n';
	send(fd, line, CONTROL_REQUEST_MAX + 2, MSG_NOSIGNAL
	); // the end may come before all is sent
	assert_says(fd, "more than 1 MiB");
	assert_ended(fd);
	memset(line, '\0', CONTROL_REQUEST_MAX);
	line[CONTROL_REQUEST_MAX - 1] = '\n';
	fd = try_connect();
	put(fd, line, CONTROL_REQUEST_MAX);
	assert_says(fd, "is not JSON");
	close(fd);
	free(line);
}

// A client that sends faster than it is served has to wait: what is received of it stays within one request and
// a piece.
static void
test_memory_of_a_client(void **state)
{
	const struct ucred peer = {0};
	struct client client;
	int pair[2];
	size_t len;

	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	client_open(&client, pair[0], &peer, 1, 0);
	for (unsigned i = 0; i < 1000; i++) {
		while (send(pair[1], HELP, strlen(HELP), MSG_DONTWAIT | MSG_NOSIGNAL) > 0)
			;
		if (client_events(&client) == POLLIN)
			assert_true(client_receive(&client));
		assert_true(client_line(&client, &len));
		assert_int_equal(len, strlen(HELP) - 1);
		client_skip_line(&client, len, 0);
		assert_in_range(client.in_size, 0, 1 << 18);
	}
	close(pair[1]);
	client_close(&client);
}

// Commands of the other thread, which only say that no control thread runs: in order for each client, also
// among clients that leave before the reply.
static void
test_long_commands(void **state)
{
	static const char requests[] =
		"{\"command\":\"reload\"}\n" HELP "{\"command\":\"secret.rotate\"}\n";
	int fds[20];

	(void)state;
	for (unsigned round = 0; round < 10; round++) {
		for (unsigned i = 0; i < RTE_DIM(fds); i++) {
			fds[i] = try_connect();
			put(fds[i], requests, strlen(requests));
			if (i % 3 == 0)
				close(fds[i]);
		}
		for (unsigned i = 0; i < RTE_DIM(fds); i++) {
			if (i % 3 == 0)
				continue;
			assert_says(fds[i], "Weir is ending");
			assert_says(fds[i], "\"ok\":true");
			assert_says(fds[i], "Weir is ending");
			close(fds[i]);
		}
	}
	assert_served();
}

// Idle clients, many more than there are places, keep nobody out.
static void
test_flood_of_idle_clients(void **state)
{
	static int fds[FLOOD];

	(void)state;
	for (unsigned i = 0; i < FLOOD; i++) {
		fds[i] = try_connect();
		if (i % 100 == 99) {
			usleep(50000); // they are silent
			assert_served();
		}
	}
	for (unsigned i = 0; i < FLOOD; i++)
		close(fds[i]);
	assert_served();
}

// Clients that are in the middle of a request keep their places.
static void
test_full(void **state)
{
	int fds[CLIENTS_MAX];

	(void)state;
	usleep(600000); // those of before are gone
	for (unsigned i = 0; i < CLIENTS_MAX; i++) {
		fds[i] = try_connect();
		put(fds[i], "{", 1);
	}
	usleep(300000);
	int fd = try_connect();

	assert_says(fd, "64 clients are connected");
	assert_ended(fd);
	for (unsigned i = 0; i < CLIENTS_MAX; i++) {
		put(fds[i], &HELP[1], strlen(HELP) - 1);
		assert_says(fds[i], "\"ok\":true");
		close(fds[i]);
	}
	assert_served();
}

// A client that never reads is left with its replies, and holds up nobody.
static void
test_client_that_never_reads(void **state)
{
	const struct timeval timeout = {.tv_sec = 1};
	int fd = try_connect();
	size_t sent = 0;

	(void)state;
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &timeout, sizeof(timeout));
	for (ssize_t got = 0; got >= 0 && sent < 64 << 20; sent += got >= 0 ? (size_t)got : 0)
		got = send(fd, HELP, strlen(HELP), MSG_NOSIGNAL);
	assert_true(sent < 4 << 20);
	for (unsigned i = 0; i < 20; i++)
		assert_served();
	uint64_t start_ms = monotonic_ms();
	struct pollfd ended = {.fd = fd};

	assert_int_equal(poll(&ended, 1, CLIENT_STUCK_MS + 5000), 1);
	assert_in_range(monotonic_ms() - start_ms, CLIENT_STUCK_MS - 5000, CLIENT_STUCK_MS + 5000);
	close(fd);
	assert_served();
}

// --- the file -------------------------------------------------------------------------------------

static int
make_folder(void **state)
{
	assert_int_equal(temp_setup(state), 0);
	temp_path(&temp, "control", path);
	config.control_socket = path;
	config.control_group = "";
	return 0;
}

static void
assert_refused(const char *setting, const char *words)
{
	assert_false(command_up(&weir, &error));
	assert_string_equal(error.setting, setting);
	if (strstr(error.text, words) == NULL)
		fail_msg("not \"%s\" in: %s", words, error.text);
}

// What a dead process left is replaced; what another one uses, or is no socket, stays.
static void
test_path_in_use(void **state)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	FILE *file;

	(void)state;
	memcpy(address.sun_path, path, strnlen(path, sizeof(address.sun_path) - 1));
	assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	assert_int_equal(listen(fd, 1), 0);
	assert_refused("control.socket", path);
	close(fd);
	assert_true(command_up(&weir, &error));
	assert_served();
	command_down(&weir);
	assert_int_equal(access(path, F_OK), -1);
	file = fopen(path, "w");
	assert_non_null(file);
	fclose(file);
	assert_refused("control.socket", "is there and is not a socket");
	assert_int_equal(access(path, F_OK), 0);
	assert_int_equal(unlink(path), 0);
}

// Another's file in place of ours is not removed.
static void
test_file_replaced(void **state)
{
	FILE *file;

	(void)state;
	assert_true(command_up(&weir, &error));
	assert_int_equal(unlink(path), 0);
	file = fopen(path, "w");
	assert_non_null(file);
	fclose(file);
	command_down(&weir);
	assert_int_equal(access(path, F_OK), 0);
	assert_int_equal(unlink(path), 0);
}

static void
test_folder_that_is_missing(void **state)
{
	char below[TEMP_PATH_MAX];

	(void)state;
	temp_path(&temp, "no/control", below);
	config.control_socket = below;
	assert_refused("control.socket", "cannot be made: No such file or directory");
	config.control_socket = path;
}

static void
test_groups(void **state)
{
	struct group *other;
	struct stat status;

	(void)state;
	config.control_group = "no-such-group";
	assert_refused("control.group", "there is no group no-such-group");
	assert_int_equal(access(path, F_OK), -1);
	if (geteuid() != 0)
		return; // only root can give it to any group
	other = getgrnam("nogroup");
	assert_non_null(other);
	config.control_group = "nogroup";
	assert_true(command_up(&weir, &error));
	assert_int_equal(stat(path, &status), 0);
	assert_int_equal(status.st_gid, other->gr_gid);
	assert_int_equal(status.st_mode & 07777, 0660);
	command_down(&weir);
	config.control_group = "";
}

#define SERVED(test) cmocka_unit_test_setup_teardown(test, make_service, end_service)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		SERVED(test_mode_of_the_file),
		SERVED(test_requests_in_order),
		SERVED(test_a_byte_at_a_time),
		SERVED(test_ends),
		SERVED(test_long_lines),
		SERVED(test_memory_of_a_client),
		SERVED(test_long_commands),
		SERVED(test_flood_of_idle_clients),
		SERVED(test_full),
		SERVED(test_client_that_never_reads),
		cmocka_unit_test_setup_teardown(test_path_in_use, make_folder, temp_teardown),
		cmocka_unit_test_setup_teardown(test_file_replaced, make_folder, temp_teardown),
		cmocka_unit_test_setup_teardown(
			test_folder_that_is_missing, make_folder, temp_teardown
		),
		cmocka_unit_test_setup_teardown(test_groups, make_folder, temp_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
