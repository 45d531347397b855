// SPDX-License-Identifier: BSD-3-Clause
// app/weir/control/supervision.h: the watchdog is fed while lcores turn, and not otherwise.

#include "../../app/weir/control/supervision.h"
#include "../support/cmocka_wrap.h"
#include "../support/notify_socket.h"

#include <string.h>

static struct weir weir;

static int
setup(void **state)
{
	(void)state;
	memset(&weir, 0, sizeof(weir));
	weir.ready = true;
	notify_socket_open();
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	notify_socket_close();
	return 0;
}

static void
test_fed_once_a_second(void **state)
{
	(void)state;
	weir.supervision.told_s = 1;
	for (int tick = 0; tick < 10; tick++)
		supervision_look(&weir, 1);
	assert_string_equal(notify_socket_read(), "WATCHDOG=1");
	assert_string_equal(notify_socket_read(), "");
	supervision_look(&weir, 2);
	assert_string_equal(notify_socket_read(), "WATCHDOG=1");
}

static void
test_not_fed_while_an_lcore_hangs(void **state)
{
	(void)state;
	health_tell(&weir.health, HEALTH_lcore_stuck, true);
	for (uint32_t now_s = 1; now_s < 30; now_s++) {
		supervision_look(&weir, now_s);
		assert_false(notify_socket_has("WATCHDOG=1"));
	}
	health_tell(&weir.health, HEALTH_lcore_stuck, false);
	supervision_look(&weir, 30);
	assert_true(notify_socket_has("WATCHDOG=1"));
}

static void
test_silent_before_ready(void **state)
{
	(void)state;
	weir.ready = false;
	supervision_look(&weir, 100);
	assert_string_equal(notify_socket_read(), "");
}

static void
test_figures_every_ten_seconds_and_problems_at_once(void **state)
{
	static const char figures[] = "STATUS=serving 0 torrents, 0 peers over IPv4, 0 over IPv6";
	char problems[256];

	(void)state;
	supervision_look(&weir, SUPERVISION_AGAIN_S);
	assert_true(notify_socket_has(figures));
	for (uint32_t now_s = SUPERVISION_AGAIN_S + 1; now_s < 2 * SUPERVISION_AGAIN_S; now_s++) {
		supervision_look(&weir, now_s);
		assert_false(notify_socket_has(figures));
	}
	supervision_look(&weir, 2 * SUPERVISION_AGAIN_S);
	assert_true(notify_socket_has(figures));
	health_tell(&weir.health, HEALTH_link_down, true);
	health_tell(&weir.health, HEALTH_mbufs_low, true);
	supervision_look(&weir, 2 * SUPERVISION_AGAIN_S + 1);
	snprintf(problems, sizeof(problems), "%s; problems: link_down, mbufs_low", figures);
	assert_true(notify_socket_has(problems));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_fed_once_a_second, setup, teardown),
		cmocka_unit_test_setup_teardown(test_not_fed_while_an_lcore_hangs, setup, teardown),
		cmocka_unit_test_setup_teardown(test_silent_before_ready, setup, teardown),
		cmocka_unit_test_setup_teardown(
			test_figures_every_ten_seconds_and_problems_at_once, setup, teardown
		),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
