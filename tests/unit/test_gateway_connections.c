// SPDX-License-Identifier: BSD-3-Clause
// app/weir-gateway/connections.c: who is cut, and when.

#include "../../app/weir-gateway/connections.h"
#include "../support/cmocka_wrap.h"

#include <poll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

enum { SOME = 8 };

static struct connections connections;
static int pairs[CONNECTIONS_MAX + SOME][2];
static struct connection *opened[CONNECTIONS_MAX + SOME];

static void
open_one(unsigned i, uint64_t now_ms)
{
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pairs[i]), 0);
	opened[i] = connections_open(&connections, pairs[i][0], now_ms);
	assert_non_null(opened[i]);
}

// Whether the other end sees the end.
static bool
is_cut(unsigned i)
{
	struct pollfd fd = {.fd = pairs[i][1], .events = POLLRDHUP};

	return poll(&fd, 1, 0) == 1 && (fd.revents & POLLRDHUP) != 0;
}

static void
close_one(unsigned i)
{
	connections_close(&connections, opened[i]);
	close(pairs[i][0]);
	close(pairs[i][1]);
}

static void
test_newcomers(void **state)
{
	(void)state;
	connections_init(&connections);
	for (unsigned i = 0; i < CONNECTIONS_MAX; i++)
		open_one(i, i);
	assert_int_equal(connections.count, CONNECTIONS_MAX);
	connections_touch(&connections, opened[0], true, CONNECTIONS_MAX);
	for (unsigned i = 0; i < SOME; i++)
		open_one(CONNECTIONS_MAX + i, CONNECTIONS_MAX + 1);
	assert_int_equal(connections.count, CONNECTIONS_MAX);
	assert_int_equal(connections.cuts, SOME);
	for (unsigned i = 0; i < CONNECTIONS_MAX + SOME; i++)
		assert_int_equal(is_cut(i), i >= 1 && i <= SOME);
	for (unsigned i = 0; i < CONNECTIONS_MAX + SOME; i++)
		close_one(i);
	assert_int_equal(connections.count, 0);
	assert_true(TAILQ_EMPTY(&connections.list));
}

static void
test_late(void **state)
{
	(void)state;
	connections_init(&connections);
	open_one(0, 0);
	open_one(1, 0);
	connections_touch(&connections, opened[0], true, 500);
	connections_sweep(&connections, CONNECTIONS_REQUEST_MS - 1);
	assert_false(is_cut(0) || is_cut(1));
	connections_sweep(&connections, CONNECTIONS_REQUEST_MS);
	assert_false(is_cut(0));
	assert_true(is_cut(1));
	connections_touch(&connections, opened[1], true, CONNECTIONS_REQUEST_MS); // too late
	connections_sweep(&connections, CONNECTIONS_REQUEST_MS + 500);
	assert_true(is_cut(0)); // busy or not
	assert_int_equal(connections.cuts, 2);
	close_one(0);
	close_one(1);
}

static void
test_half_closed(void **state)
{
	(void)state;
	connections_init(&connections);
	for (unsigned i = 0; i < 3; i++)
		open_one(i, 0);
	shutdown(pairs[0][1], SHUT_WR);
	shutdown(pairs[1][1], SHUT_WR);
	connections_touch(&connections, opened[1], true, 0); // its answer is on the way
	connections_sweep(&connections, CONNECTIONS_QUIET_MS - 1);
	assert_int_equal(connections.cuts, 0);
	connections_sweep(&connections, CONNECTIONS_QUIET_MS);
	assert_int_equal(connections.cuts, 1);
	assert_true(is_cut(0));
	assert_false(is_cut(1) || is_cut(2));
	connections_touch(&connections, opened[1], false, CONNECTIONS_QUIET_MS);
	connections_sweep(&connections, 2 * CONNECTIONS_QUIET_MS);
	assert_true(is_cut(1));
	assert_false(is_cut(2));
	for (unsigned i = 0; i < 3; i++)
		close_one(i);
}

int
main(void)
{
	const struct rlimit descriptors = {4 * CONNECTIONS_MAX, 4 * CONNECTIONS_MAX};
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_newcomers),
		cmocka_unit_test(test_late),
		cmocka_unit_test(test_half_closed),
	};

	setrlimit(RLIMIT_NOFILE, &descriptors);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
