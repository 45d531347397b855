// SPDX-License-Identifier: BSD-3-Clause
// app/weirctl: the keys of weirctl top, and the torrent that they open.

#include "../../app/weirctl/keys.h"
#include "../../app/weirctl/selection.h"
#include "../support/cmocka_wrap.h"
#include "../support/weirctl_screen.h"

#include <string.h>

static char hashes[3][INFO_HASH_DIGITS + 1];

static struct model
model_of_three_torrents(void)
{
	struct model model = model_of_two_rounds();
	json_t *list = json_array();

	for (int i = 0; i < 3; i++) {
		memset(hashes[i], "abc"[i], INFO_HASH_DIGITS);
		json_array_append_new(
			list, json_pack("{s:s,s:i}", "info_hash", hashes[i], "peers", 30 - i)
		);
	}
	model.snapshot.replies[SNAPSHOT_LARGEST] = json_pack("{s:o}", "torrents", list);
	return model;
}

static void
press_all(struct view *view, const struct model *model, const int *pressed, unsigned count)
{
	for (unsigned i = 0; i < count; i++)
		keys_handle(view, model, pressed[i]);
}

#define PRESS(...)                                                                                 \
	press_all(                                                                                 \
		&view,                                                                             \
		&model,                                                                            \
		(const int[]){__VA_ARGS__},                                                        \
		sizeof((const int[]){__VA_ARGS__}) / sizeof(int)                                   \
	)

static void
test_keys_select_and_open(void **state)
{
	struct model model = model_of_three_torrents();
	struct view view = {.every_s = 1, .clock = "", .path = "/x", .now_s = 12};

	(void)state;
	screen_draw(&model, &view, 24, 80);
	assert_int_equal(screen_style_of(hashes[0]), STYLE_SELECTED);
	assert_int_equal(screen_style_of(hashes[1]), STYLE_PLAIN);
	PRESS(KEY_CODE_DOWN);
	screen_draw(&model, &view, 24, 80);
	assert_int_equal(screen_style_of(hashes[1]), STYLE_SELECTED);
	json_array_remove(json_object_get(model.snapshot.replies[SNAPSHOT_LARGEST], "torrents"), 0);
	assert_int_equal(selection_index(&model, &view), 0); // it moved up
	PRESS(KEY_CODE_ENTER);
	assert_string_equal(view.open.hash, hashes[1]);
	PRESS(KEY_CODE_ESCAPE, KEY_CODE_DOWN, KEY_CODE_DOWN, KEY_CODE_DOWN, KEY_CODE_ENTER);
	assert_string_equal(view.open.hash, hashes[2]);
	PRESS('q');
	assert_string_equal(view.open.hash, "");
	assert_false(view.quit);
	PRESS(KEY_CODE_PAGE_UP, KEY_CODE_ENTER, 'q', 'h', 'q');
	assert_false(view.help || view.quit);
	PRESS('q');
	assert_true(view.quit);
	model_free(&model);
}

static void
test_only_visible_torrents_open(void **state)
{
	struct model model = model_of_three_torrents();
	struct view view = {.every_s = 1, .clock = "", .path = "/x", .now_s = 12};

	(void)state;
	screen_draw(&model, &view, 10, 40);
	PRESS(KEY_CODE_ENTER);
	assert_string_equal(view.open.hash, "");
	screen_draw(&model, &view, 24, 80);
	json_object_set_new(
		json_array_get(
			json_object_get(model.snapshot.replies[SNAPSHOT_LARGEST], "torrents"), 0
		),
		"info_hash",
		json_string("no hash,1")
	);
	PRESS(KEY_CODE_ENTER);
	assert_string_equal(view.open.hash, "");
	model_free(&model);
	model = (struct model){0};
	PRESS(KEY_CODE_DOWN, KEY_CODE_ENTER);
	assert_string_equal(view.open.hash, "");
}

static json_t *
page_of_peers(unsigned offset, unsigned total)
{
	json_t *list = json_array();

	for (unsigned i = offset; i < total && i < offset + DETAIL_PEERS; i++)
		json_array_append_new(
			list, json_pack("{s:o}", "peer_addr", json_sprintf("10.0.0.%u:6881", i))
		);
	return json_pack("{s:i,s:i,s:o}", "total", total, "offset", offset, "peers", list);
}

static void
test_a_torrent_is_shown_by_pages(void **state)
{
	struct model model = model_of_three_torrents();
	struct view view = {.every_s = 1, .clock = "", .path = "/x", .now_s = 12};
	struct detail found = {
		.torrent = json_pack(
			"{s:i,s:i,s:i}", "seeders", 9, "leechers", 31, "leechers_ipv6", 8
		),
		.peers = page_of_peers(0, 40),
	};
	struct detail *none = screen_detail;

	(void)state;
	screen_detail = &found;
	screen_draw(&model, &view, 24, 80);
	PRESS(KEY_CODE_ENTER);
	screen_draw(&model, &view, 24, 80);
	assert_screen_has("loading"); // what is there is of none
	strcpy(found.query.hash, hashes[0]);
	screen_draw(&model, &view, 24, 80);
	assert_false(screen_has("latency"));
	assert_screen_has("leechers            31         0         8");
	assert_screen_has("peers 1-15 of 40");
	assert_screen_has("10.0.0.14:6881");
	assert_false(screen_has("10.0.0.15:6881"));
	PRESS(KEY_CODE_PAGE_DOWN);
	assert_int_equal(view.open.offset, 15);
	screen_draw(&model, &view, 24, 80);
	json_decref(found.peers);
	found.peers = page_of_peers(30, 40);
	PRESS(KEY_CODE_PAGE_DOWN, KEY_CODE_PAGE_DOWN); // there is no fourth
	assert_int_equal(view.open.offset, 30);
	screen_draw(&model, &view, 24, 80);
	assert_screen_has("peers 31-40 of 40");
	PRESS(KEY_CODE_PAGE_UP, KEY_CODE_PAGE_UP, KEY_CODE_PAGE_UP);
	assert_int_equal(view.open.offset, 0);
	screen_draw(&model, &view, 24, 160);
	assert_screen_has("latency"); // beside it
	detail_free(&found);
	found.torrent = found.peers = NULL;
	strcpy(found.why, "torrent not known");
	screen_draw(&model, &view, 10, 40);
	assert_screen_has("torrent not known");
	screen_detail = none;
	model_free(&model);
}

// The address of a peer is shown whole; columns without space beside it are left out.
static void
test_long_addresses_are_whole(void **state)
{
	struct model model = model_of_three_torrents();
	struct view view = {.every_s = 1, .clock = "", .path = "/x", .now_s = 12};
	struct detail found = {
		.torrent = json_object(),
		.peers = json_pack(
			"{s:i,s:i,s:[{s:s,s:i}]}",
			"total",
			1,
			"offset",
			0,
			"peers",
			"peer_addr",
			"[2001:db8:1234:5678:9abc:def0:1234:5678]:65535",
			"left",
			7
		),
	};
	struct detail *none = screen_detail;

	(void)state;
	screen_detail = &found;
	screen_draw(&model, &view, 24, 80);
	PRESS(KEY_CODE_ENTER);
	strcpy(found.query.hash, hashes[0]);
	screen_draw(&model, &view, 24, 80);
	assert_screen_has(
		"[2001:db8:1234:5678:9abc:def0:1234:5678]:65535             7 B  leecher        0"
	);
	detail_free(&found);
	screen_detail = none;
	model_free(&model);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_keys_select_and_open),
		cmocka_unit_test(test_only_visible_torrents_open),
		cmocka_unit_test(test_a_torrent_is_shown_by_pages),
		cmocka_unit_test(test_long_addresses_are_whole),
	};

	return cmocka_run_group_tests(tests, screen_setup, screen_teardown);
}
