// SPDX-License-Identifier: BSD-3-Clause
// app/weirctl: what weirctl top shows.

#include "../../app/weirctl/keys.h"
#include "../support/cmocka_wrap.h"
#include "../support/weirctl_screen.h"

#include <string.h>

static void
test_numbers_are_on_the_screen(void **state)
{
	struct model model = model_of_two_rounds();
	struct view view = {.every_s = 2, .clock = "12:34:56", .path = "/x"};

	(void)state;
	screen_draw(&model, &view, 24, 80);
	assert_screen_has("weir 0.1.0  net_x  port 6969  up 1:02:03  pid 7");
	assert_screen_has("ring_full (for 0:00): requests were dropped: a worker's ring was full");
	assert_screen_has("last 120 s");
	assert_screen_has("announce        101         0");
	assert_screen_has("other             2         0"); // ring_full
	assert_screen_has("received        250               0 bit/s    drops");
	assert_screen_has("  1 io        ###......  30%      400   95%");
	assert_screen_has("  2 worker    ########.  91%        -    0%");
	assert_screen_has("announce    1.25 us 9.00 us 12.3 us");
	assert_screen_has("torrents        11 of      100  ");
	assert_screen_has("peers            9 of       40  ");
	view.totals = true;
	screen_draw(&model, &view, 24, 80);
	assert_screen_has("announce        303         0");
	assert_screen_has("received      1,500              48.8 KiB");
	view.by_load = true;
	view.first_lcore = 99;
	screen_draw(&model, &view, 24, 80);
	assert_screen_has("id_forged                        50");
	assert_int_equal(view.first_lcore, 0); // both fit
	model_free(&model);
}

static void
test_paging_through_lcores(void **state)
{
	struct model model = {0};
	struct view view = {.every_s = 1, .clock = "", .path = "/x", .first_lcore = 99};
	struct snapshot snapshot = first_snapshot();
	json_t *list = json_array();

	(void)state;
	for (int i = 1; i <= 9; i++)
		json_array_append_new(list, json_pack("{s:i,s:s}", "lcore", i, "role", "io"));
	json_decref(snapshot.replies[SNAPSHOT_LCORES]);
	snapshot.replies[SNAPSHOT_LCORES] = list;
	model_update(&model, &snapshot);
	screen_draw(&model, &view, 24, 80);
	assert_screen_has("lcores 7-9/9");
	assert_screen_has("  9 io");
	assert_false(screen_has("  6 io"));
	assert_int_equal(view.first_lcore, 6);
	model_free(&model);
}

static void
set_info(struct snapshot *snapshot, const char *version, const char *driver, const char *rest)
{
	char info[256];

	snprintf(
		info,
		sizeof(info),
		"{\"version\":\"%s\",\"driver\":\"%s\",%s}",
		version,
		driver,
		rest
	);
	snapshot_set_reply(snapshot, SNAPSHOT_INFO, info);
}

// What does not fit beside the clock is left out whole.
static void
test_title_fits(void **state)
{
	struct model model = {0};
	struct view view = {.every_s = 1, .clock = "12:34:56", .path = "/x"};
	struct snapshot snapshot = first_snapshot();

	(void)state;
	set_info(
		&snapshot,
		"0.1.0",
		"net_af_packet",
		"\"udp_port\":65535,\"uptime_s\":10663323,\"pid\":4194304"
	);
	model_update(&model, &snapshot);
	screen_draw(&model, &view, 24, 80);
	assert_string_equal(
		screen_row(0),
		"weir 0.1.0  net_af_packet  port 65535  up 123 d 10:02:03  pid 4194304   12:34:56"
	);
	view.paused = true;
	screen_draw(&model, &view, 24, 80);
	assert_string_equal(
		screen_row(0),
		"weir 0.1.0  net_af_packet  port 65535  up 123 d 10:02:03        PAUSED  12:34:56"
	);
	view.paused = false;
	screen_draw(&model, &view, 10, 40);
	assert_string_equal(screen_row(0), "weir 0.1.0  net_af_packet       12:34:56");
	model_free(&model);
}

static void
test_screens_of_other_sizes(void **state)
{
	struct model model = model_of_two_rounds();
	struct view view = {.every_s = 1, .clock = "", .path = "/x"};

	(void)state;
	screen_draw(&model, &view, 10, 39);
	assert_screen_has("weirctl top needs 40 columns and 10");
	assert_screen_has("this terminal has 39 and 10");
	screen_draw(&model, &view, 10, 40);
	assert_screen_has("announce        101");
	assert_false(screen_has("drops"));
	assert_false(view.list_shown);
	screen_draw(&model, &view, 23, 80);
	assert_screen_has("drops");
	assert_screen_has(
		"ring_full                                                                      2"
	);
	assert_false(screen_has("largest"));
	screen_draw(&model, &view, 24, 160);
	assert_true(view.list_shown);
	assert_screen_has("latency");
	assert_ptr_not_equal(strstr(screen_row(2), "largest swarms"), NULL);
	model_free(&model);
}

static void
test_screens_without_numbers(void **state)
{
	struct model model = model_of_two_rounds();
	struct view view = {.every_s = 1, .clock = "", .path = "/x", .now_s = 12};
	struct snapshot offline = {.at_s = 20, .why = "/x: no Weir runs there"};

	(void)state;
	view.help = true;
	screen_draw(&model, &view, 24, 80);
	assert_screen_has("quit");
	assert_false(screen_has("announce"));
	for (unsigned k = 0; k < KEY_COUNT; k++)
		assert_screen_has(keys[k].help);
	model_free(&model);
	view.help = false;
	model = (struct model){0};
	screen_draw(&model, &view, 24, 80);
	assert_screen_has("connecting to /x");
	model_update(&model, &offline);
	screen_draw(&model, &view, 24, 80);
	assert_screen_has("/x: no Weir runs there");
	assert_screen_has("waiting for Weir");
	model_free(&model);
}

static void
test_old_numbers_are_dimmed(void **state)
{
	struct model model = model_of_two_rounds();
	struct view view = {.every_s = 1, .clock = "", .path = "/x", .now_s = 12};
	struct snapshot offline = {.at_s = 20, .why = "/x: no Weir runs there"};

	(void)state;
	screen_draw(&model, &view, 24, 80);
	assert_int_equal(screen_style_of("announce"), STYLE_PLAIN);
	view.now_s = 12 + 9;
	screen_draw(&model, &view, 24, 80);
	assert_screen_has("no reply for 0:09; these numbers are that old");
	assert_int_equal(screen_style_of("announce"), STYLE_DIM);
	assert_int_equal(screen_style_of("drops"), STYLE_DIM);
	assert_int_equal(screen_style_of("no reply"), STYLE_BAD);
	view.paused = true; // then nobody expects new ones
	screen_draw(&model, &view, 24, 80);
	assert_screen_has("PAUSED");
	assert_false(screen_has("no reply"));
	assert_int_equal(screen_style_of("announce"), STYLE_PLAIN);
	view.paused = false;
	model_update(&model, &offline);
	view.now_s = 12 + 75;
	screen_draw(&model, &view, 24, 80);
	assert_screen_has("/x: no Weir runs there; these numbers are 1:15 old");
	assert_screen_has("announce        101");
	assert_int_equal(screen_style_of("announce"), STYLE_DIM);
	struct snapshot back = second_snapshot(7);

	back.at_s = 90;
	model_update(&model, &back);
	view.now_s = 90;
	screen_draw(&model, &view, 24, 80);
	assert_int_equal(screen_style_of("announce"), STYLE_PLAIN);
	assert_int_equal(model.rounds, 0); // of the time in between nothing is known
	model_free(&model);
}

static void
take_health(struct model *model, double at_s, long pid, const char *health)
{
	struct snapshot snapshot = snapshot_at(at_s, pid, "{}", "{}", "[]");

	snapshot_set_reply(&snapshot, SNAPSHOT_HEALTH, health);
	model_update(model, &snapshot);
}

static void
test_problems_have_an_age(void **state)
{
	struct model model = {0};
	struct view view = {.every_s = 9, .clock = "", .path = "/x", .now_s = 110};

	(void)state;
	take_health(&model, 100, 7, "{\"status\":\"degraded\",\"problems\":1,\"mbufs_low\":1}");
	take_health(
		&model, 104, 7, "{\"problems\":2,\"mbufs_low\":1,\"new_check\":1,\"odd\":\"1\"}"
	);
	assert_int_equal(model.problems.count, 2);
	screen_draw(&model, &view, 24, 80);
	assert_screen_has("mbufs_low (for over 0:10): less than a tenth of the mbufs is free");
	assert_screen_has("new_check (for 0:06)");
	take_health(&model, 106, 7, "{\"problems\":1,\"mbufs_low\":0,\"new_check\":1}");
	take_health(&model, 108, 7, "{\"problems\":2,\"mbufs_low\":1,\"new_check\":1}");
	screen_draw(&model, &view, 24, 80);
	assert_screen_has("mbufs_low (for 0:02)"); // it had gone
	take_health(
		&model,
		109,
		7,
		"{\"problems\":4,\"mbufs_low\":1,\"no_address\":1,\"ring_full\":1,\"tx_full\":1}"
	);
	screen_draw(&model, &view, 24, 80); // no room for all sentences
	assert_screen_has("problems: mbufs_low (for 0:02), no_address (for 0:01)");
	screen_draw(&model, &view, 40, 80);
	assert_screen_has(
		"no_address (for 0:01): a port with a link may use none of its IPv4 or none of"
	);
	take_health(&model, 110, 8, "{\"problems\":1,\"mbufs_low\":1}"); // another Weir
	screen_draw(&model, &view, 24, 80);
	assert_screen_has("mbufs_low (for over 0:00)");
	take_health(&model, 110, 8, "{\"status\":\"ok\",\"problems\":0}");
	screen_draw(&model, &view, 24, 80);
	assert_screen_has("healthy");
	model_free(&model);
}

// A reply that is missing shows neither zeros nor health.
static void
test_missing_replies_are_not_zeros(void **state)
{
	static const struct {
		enum snapshot_reply reply;
		const char *offline, *there;
	} cases[] = {
		{SNAPSHOT_STATS, "expired", "ring_full"},
		{SNAPSHOT_IPV6, "ring_full", "expired"},
		{SNAPSHOT_LCORES, "worker", "expired"},
		{SNAPSHOT_LATENCY, "1.25 us", "expired"},
		{SNAPSHOT_MEMORY, "torrents  ", "expired"},
		{SNAPSHOT_HEALTH, "healthy", "expired"},
	};
	struct view view = {.every_s = 1, .clock = "", .path = "/x", .now_s = 12};

	(void)state;
	for (unsigned i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct model model = model_of_two_rounds();
		struct snapshot snapshot = snapshot_copy(&model.snapshot);

		screen_draw(&model, &view, 24, 80);
		assert_false(screen_has("no data from this Weir"));
		snapshot_set_reply(&snapshot, SNAPSHOT_HEALTH, "{\"problems\":0}");
		json_decref(snapshot.replies[cases[i].reply]);
		snapshot.replies[cases[i].reply] = NULL;
		model_update(&model, &snapshot);
		screen_draw(&model, &view, 24, 80);
		assert_screen_has("no data from this Weir");
		assert_screen_has(cases[i].there);
		assert_false(screen_has(cases[i].offline));
		model_free(&model);
	}
}

static void
test_counters_a_driver_lacks_are_not_zeros(void **state)
{
	struct model model = {0};
	struct view view = {.every_s = 1, .clock = "", .path = "/x", .now_s = 10};
	struct snapshot snapshot = first_snapshot();

	(void)state;
	snapshot_set_reply(
		&snapshot,
		SNAPSHOT_PORTS,
		"[{\"name\":\"net_x0\",\"rx_no_buffer\":0,\"rx_errors\":3,\"tx_errors\":0},"
		"{\"name\":\"net_x1\",\"rx_missed\":0}]"
	);
	model_update(&model, &snapshot);
	screen_draw(&model, &view, 40, 80);
	assert_screen_has(
		"net_x0              down                         -         0         3         0"
	);
	assert_screen_has(
		"net_x1              down                         0         -         -         -"
	);
	model_free(&model);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_numbers_are_on_the_screen),
		cmocka_unit_test(test_paging_through_lcores),
		cmocka_unit_test(test_title_fits),
		cmocka_unit_test(test_screens_of_other_sizes),
		cmocka_unit_test(test_screens_without_numbers),
		cmocka_unit_test(test_old_numbers_are_dimmed),
		cmocka_unit_test(test_problems_have_an_age),
		cmocka_unit_test(test_missing_replies_are_not_zeros),
		cmocka_unit_test(test_counters_a_driver_lacks_are_not_zeros),
	};

	return cmocka_run_group_tests(tests, screen_setup, screen_teardown);
}
