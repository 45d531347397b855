// SPDX-License-Identifier: BSD-3-Clause
// app/weirctl: rates out of two snapshots, what is where on which size of screen, and what stands
// there. No terminal, no Weir.

#include "../../app/weirctl/keys.h"
#include "../../app/weirctl/layout.h"
#include "../../app/weirctl/selection.h"
#include "../../app/weirctl/view.h"
#include "../support/cmocka_wrap.h"

#include <locale.h>
#include <string.h>

// --- snapshots ----------------------------------------------------------------------------------

static void
set_reply(struct snapshot *snapshot, enum snapshot_reply reply, const char *text)
{
	json_decref(snapshot->replies[reply]);
	snapshot->replies[reply] = json_loads(text, 0, NULL);
	assert_non_null(snapshot->replies[reply]);
}

static struct snapshot
snapshot_at(double at_s, long pid, const char *ipv4, const char *stats, const char *lcores)
{
	struct snapshot snapshot = {.at_s = at_s, .pid = pid, .answered = true};

	for (unsigned reply = SNAPSHOT_INFO + 1; reply < SNAPSHOT_LARGEST; reply++)
		set_reply(&snapshot, reply, "{}");
	set_reply(&snapshot, SNAPSHOT_IPV4, ipv4);
	set_reply(&snapshot, SNAPSHOT_STATS, stats);
	set_reply(&snapshot, SNAPSHOT_LCORES, lcores);
	return snapshot;
}

static struct snapshot
first_snapshot(void)
{
	return snapshot_at(
		10,
		7,
		"{\"announce\":100,\"announce_short\":1,\"id_forged\":50,\"ring_full\":10}",
		"{\"rx_packets\":1000,\"rx_bytes\":50000}",
		"[{\"lcore\":1,\"role\":\"io\",\"busy_cycles\":1000,\"packets\":10,"
		"\"busy_percent\":20,\"ring_fill_percent\":5},"
		"{\"lcore\":2,\"role\":\"worker\",\"busy_cycles\":1,\"packets\":1,"
		"\"busy_percent\":90}]"
	);
}

static struct snapshot
second_snapshot(long pid)
{
	return snapshot_at(
		12,
		pid,
		"{\"announce\":300,\"announce_short\":3,\"id_forged\":50,\"ring_full\":14}",
		"{\"rx_packets\":1500,\"rx_bytes\":49999}",
		"[{\"lcore\":1,\"role\":\"io\",\"busy_cycles\":41000,\"packets\":110,"
		"\"busy_percent\":30,\"ring_fill_percent\":95},"
		"{\"lcore\":2,\"role\":\"worker\",\"busy_cycles\":1,\"packets\":1,"
		"\"busy_percent\":91}]"
	);
}

static struct rates rates;

static void
make_rates(long pid)
{
	struct snapshot before = first_snapshot(), now = second_snapshot(pid);

	rates_make(&rates, &before, &now);
	// roles are the snapshot's
	for (unsigned i = 0; i < rates.lcore_count; i++)
		rates.lcores[i].role = i == 0 ? "io" : "worker";
	snapshot_free(&before);
	snapshot_free(&now);
}

static void
test_rates_are_differences(void **state)
{
	const struct rate *announces = &rates.kinds[FAMILY_IPV4][VERDICT_KIND_ANNOUNCE];

	(void)state;
	make_rates(7);
	assert_true(rates.known);
	assert_int_equal(announces->total, 303); // the short ones, too
	assert_true(announces->per_s == 101);
	assert_int_equal(rates.drops[VERDICT_ring_full].total, 14);
	assert_true(rates.drops[VERDICT_ring_full].per_s == 2);
	assert_true(rates.drops[VERDICT_id_forged].per_s == 0);
	assert_int_equal(rates.drops[VERDICT_announce].total, 0); // is none
	assert_true(rates.received.per_s == 250);
	assert_true(rates.received_bytes.per_s == 0); // went back
	assert_int_equal(rates.received_bytes.total, 49999);
	assert_int_equal(rates.sent.total, 0);
}

static void
test_rates_of_another_weir(void **state)
{
	(void)state;
	make_rates(8);
	assert_false(rates.known);
	assert_int_equal(rates.kinds[FAMILY_IPV4][VERDICT_KIND_ANNOUNCE].total, 303);
	assert_true(rates.kinds[FAMILY_IPV4][VERDICT_KIND_ANNOUNCE].per_s == 0);
	assert_true(rates.received.per_s == 0);
	assert_true(rates.lcores[0].cycles_per_packet < 0);
}

static void
test_loads_of_lcores(void **state)
{
	unsigned order[RATES_LCORES_MAX];

	(void)state;
	make_rates(7);
	assert_int_equal(rates.lcore_count, 2);
	assert_int_equal(rates.lcores[0].lcore, 1);
	assert_true(rates.lcores[0].busy == 0.3);
	assert_true(rates.lcores[0].ring_fill == 0.95);
	assert_true(rates.lcores[0].cycles_per_packet == 400);
	assert_true(rates.lcores[1].cycles_per_packet < 0); // no packet
	struct snapshot before = first_snapshot(), now = second_snapshot(7);
	json_t *first = json_array_get(now.replies[SNAPSHOT_LCORES], 0);

	json_object_set_new(first, "packets", json_integer(109)); // 99 more: no average
	rates_make(&rates, &before, &now);
	assert_true(rates.lcores[0].cycles_per_packet < 0);
	snapshot_free(&before);
	snapshot_free(&now);
	make_rates(7);
	rates_order_lcores(&rates, false, order);
	assert_int_equal(order[0], 0);
	rates_order_lcores(&rates, true, order);
	assert_int_equal(order[0], 1);
	assert_int_equal(order[1], 0);
}

static void
test_order_of_drops(void **state)
{
	enum verdict order[VERDICT_COUNT];

	(void)state;
	make_rates(7);
	assert_int_equal(rates_order_drops(&rates, false, order), 3);
	assert_int_equal(order[0], VERDICT_ring_full); // 2 a second
	assert_int_equal(order[1], VERDICT_announce_short); // 1
	assert_int_equal(order[2], VERDICT_id_forged); // none now, 50 before
	assert_int_equal(rates_order_drops(&rates, true, order), 3);
	assert_int_equal(order[0], VERDICT_id_forged);
	assert_int_equal(order[1], VERDICT_ring_full);
	assert_int_equal(order[2], VERDICT_announce_short);
}

static void
test_history_keeps_a_minute(void **state)
{
	static struct model model, copy;
	const double *announces = model.history[VERDICT_KIND_ANNOUNCE];
	struct snapshot snapshot = first_snapshot();
	char verdicts[64];

	(void)state;
	model_update(&model, &snapshot);
	assert_int_equal(model.rounds, 0);
	for (int round = 1; round <= HISTORY_ROUNDS + 3; round++) {
		snprintf(verdicts, sizeof(verdicts), "{\"announce\":%d}", 100 + round * round);
		snapshot = snapshot_at(10 + round, 7, verdicts, "{}", "[]");
		model_update(&model, &snapshot);
		assert_int_equal(model.rounds, round < HISTORY_ROUNDS ? round : HISTORY_ROUNDS);
		assert_true(announces[HISTORY_ROUNDS - 1] == 2 * round - 1);
	}
	assert_true(announces[0] == 2 * 4 - 1);
	model_copy(&copy, &model);
	snapshot = snapshot_at(80, 9, "{\"announce\":5}", "{}", "[]"); // another Weir
	model_update(&model, &snapshot);
	assert_int_equal(model.rounds, 0);
	assert_int_equal(copy.rounds, HISTORY_ROUNDS);
	assert_int_equal(copy.snapshot.pid, 7);
	model_free(&model);
	model_free(&copy);
}

// --- the screen ---------------------------------------------------------------------------------

static void
count_area(const struct area *area, unsigned char *cells)
{
	for (unsigned row = 0; row < area->rows; row++)
		for (unsigned column = 0; column < area->columns; column++) {
			assert_true(area->row + row < area->canvas->rows);
			assert_true(area->column + column < area->canvas->columns);
			cells[(area->row + row) * area->canvas->columns + area->column + column]++;
		}
}

static void
check_full(const struct layout *layout, const struct layout_demand *demand)
{
	assert_true(layout->requests.rows == 7 && layout->requests.columns >= 43);
	assert_true(layout->latency.columns >= 33 && layout->drops.rows >= 5);
	assert_true(layout->lcores.rows >= 4 && layout->largest.rows >= 3);
	assert_true(layout->largest.columns >= 80);
	assert_true(layout->ports.rows == 0 || layout->ports.rows == demand->ports + 1);
	assert_int_equal(layout->wide, layout->title.columns >= LAYOUT_COLUMNS_WIDE);
	assert_int_equal(layout->largest.column > 0, layout->wide);
}

static void
check_layout(struct canvas *canvas, const struct layout_demand *demand)
{
	static unsigned char cells[200 * 300];
	struct layout layout;
	const struct area *areas = &layout.title;
	bool full = canvas->rows >= LAYOUT_ROWS_FULL && canvas->columns >= LAYOUT_COLUMNS_FULL;

	assert_true(layout_make(&layout, canvas, demand));
	memset(cells, 0, sizeof(cells));
	for (const struct area *area = areas; area <= &layout.keys; area++)
		count_area(area, cells);
	for (unsigned i = 0; i < canvas->rows * canvas->columns; i++)
		assert_true(cells[i] <= 1);
	count_area(&layout.torrent, cells);
	assert_true(layout.title.rows == 1 && layout.health.rows >= 1 && layout.keys.rows == 1);
	assert_true(layout.requests.rows == 7 && layout.torrent.rows >= 7);
	assert_int_equal(layout.keys.row, canvas->rows - 1);
	if (full)
		check_full(&layout, demand);
	else
		assert_int_equal(layout.largest.rows, 0);
}

static void
test_areas_do_not_overlap(void **state)
{
	struct canvas canvas = {0};

	(void)state;
	for (unsigned size = 0; size < 60; size++) {
		const struct layout_demand demand = {size % 7, size % 13, size % 17, size % 3};

		canvas.rows = LAYOUT_ROWS_FULL + size;
		canvas.columns = LAYOUT_COLUMNS_FULL + 3 * size;
		check_layout(&canvas, &demand);
		canvas.rows = LAYOUT_ROWS_MIN + size;
		canvas.columns = LAYOUT_COLUMNS_MIN + size;
		check_layout(&canvas, &demand);
		canvas.columns = LAYOUT_COLUMNS_WIDE + size;
		check_layout(&canvas, &demand);
	}
}

static void
test_much_that_is_wrong_takes_rows(void **state)
{
	struct canvas canvas = {.rows = LAYOUT_ROWS_FULL, .columns = LAYOUT_COLUMNS_FULL};
	struct layout_demand demand = {.health = 9};
	struct layout layout;

	(void)state;
	assert_true(layout_make(&layout, &canvas, &demand));
	assert_int_equal(layout.health.rows, 3);
	canvas.rows += 20;
	assert_true(layout_make(&layout, &canvas, &demand));
	assert_int_equal(layout.health.rows, 9);
	demand.health = 0; // all is well, which takes a row
	assert_true(layout_make(&layout, &canvas, &demand));
	assert_int_equal(layout.health.rows, 1);
}

static void
test_too_small(void **state)
{
	const struct layout_demand demand = {0};
	struct canvas canvas = {.rows = LAYOUT_ROWS_MIN - 1, .columns = LAYOUT_COLUMNS_MIN};
	struct layout layout;

	(void)state;
	assert_false(layout_make(&layout, &canvas, &demand));
	canvas = (struct canvas){.rows = LAYOUT_ROWS_MIN, .columns = LAYOUT_COLUMNS_MIN - 1};
	assert_false(layout_make(&layout, &canvas, &demand));
}

static struct canvas canvas;

// A row of the canvas, without the spaces at its end.
static const char *
row_text(unsigned row)
{
	static char text[2048];
	size_t at = 0, end = 0;

	for (unsigned column = 0; column < canvas.columns; column++) {
		const struct canvas_cell *cell = &canvas.cells[row * canvas.columns + column];

		at += (size_t)wctomb(text + at, cell->character);
		end = cell->character == L' ' ? end : at;
	}
	text[end] = '\0';
	return text;
}

static void
test_bars_and_lines(void **state)
{
	static const double values[] = {0, 1, 2, 4, 6, 8, 2, 2};

	(void)state;
	canvas.blocks = true;
	canvas_clear(&canvas, 6, 10);
	struct area area = canvas_area(&canvas);

	area_bar(&area, 0, 0, 4, 0.5, STYLE_BAR);
	area_bar(&area, 1, 0, 4, 0.28, STYLE_BAR); // 9 eighths
	area_bar(&area, 2, 0, 4, 7, STYLE_BAR);
	area_line(&area, 3, 2, 8, values, 8, 8);
	area_line(&area, 4, 2, 4, values, 8, 8);
	area_line(&area, 5, 0, 10, values + 4, 2, 6);
	assert_string_equal(row_text(0), "██··");
	assert_string_equal(row_text(1), "█▏··");
	assert_string_equal(row_text(2), "████");
	assert_string_equal(row_text(3), "  ▁▂▃▅▆█▃▃");
	assert_string_equal(row_text(4), "  ▁▄▇▃");
	assert_string_equal(row_text(5), "        ██");
	canvas.blocks = false;
	area_bar(&area, 0, 0, 4, 0.375, STYLE_BAR);
	area_line(&area, 3, 2, 8, values, 8, 8);
	assert_string_equal(row_text(0), "#-..");
	assert_string_equal(row_text(3), "  _.,-=#,,");
}

static void
test_what_is_outside_is_cut_off(void **state)
{
	(void)state;
	canvas_clear(&canvas, 3, 8);
	const struct area area = {&canvas, 1, 2, 1, 4};

	area_left(&area, 0, 1, STYLE_PLAIN, "abcdef");
	area_left(&area, 1, 0, STYLE_PLAIN, "below");
	assert_string_equal(row_text(0), "");
	assert_string_equal(row_text(1), "   abc");
	area_right(&area, 0, 4, STYLE_PLAIN, "xy");
	assert_string_equal(row_text(1), "   axy");
	area_right(&area, 0, 4, STYLE_PLAIN, "123456");
	assert_string_equal(row_text(1), "  1234");
	assert_string_equal(row_text(2), "");
}

static void
test_texts_over_several_rows(void **state)
{
	(void)state;
	canvas_clear(&canvas, 4, 10);
	struct area area = canvas_area(&canvas);

	assert_int_equal(area_wrap(&area, 0, STYLE_PLAIN, "one two three four"), 2);
	assert_string_equal(row_text(0), "one two");
	assert_string_equal(row_text(1), "three four");
	canvas_clear(&canvas, 4, 10);
	assert_int_equal(area_wrap(&area, 1, STYLE_PLAIN, "/a/path/without/end is long"), 3);
	assert_string_equal(row_text(1), "/a/path/wi");
	assert_string_equal(row_text(2), "thout/end");
	assert_string_equal(row_text(3), "is long");
	assert_int_equal(area_wrap(&area, 0, STYLE_PLAIN, ""), 1);
}

static struct detail no_detail;
static struct detail *detail = &no_detail;

static void
draw(struct model *model, struct view *view, unsigned rows, unsigned columns)
{
	canvas.blocks = false;
	canvas_clear(&canvas, rows, columns);
	view_draw(&canvas, model, detail, view);
}

// The style of the first character of a text; STYLE_COUNT: it is nowhere.
static enum style
style_of(const char *text)
{
	for (unsigned row = 0; row < canvas.rows; row++) {
		const char *line = row_text(row), *at = strstr(line, text);

		if (at != NULL)
			return canvas.cells[row * canvas.columns + (at - line)].style;
	}
	return STYLE_COUNT;
}

static bool
has_row(const char *text)
{
	for (unsigned row = 0; row < canvas.rows; row++)
		if (strstr(row_text(row), text) != NULL)
			return true;
	return false;
}

static void
assert_row(const char *text)
{
	if (has_row(text))
		return;
	for (unsigned row = 0; row < canvas.rows; row++)
		print_message("%s\n", row_text(row));
	fail_msg("no row has: %s", text);
}

static struct model
two_rounds(void)
{
	struct model model = {0};
	struct snapshot snapshot = first_snapshot();

	model_update(&model, &snapshot);
	snapshot = second_snapshot(7);
	set_reply(
		&snapshot,
		SNAPSHOT_INFO,
		"{\"version\":\"0.1.0\",\"driver\":\"net_x\",\"udp_port\":6969,\"uptime_s\":3723,"
		"\"pid\":7}"
	);
	set_reply(
		&snapshot,
		SNAPSHOT_HEALTH,
		"{\"status\":\"degraded\",\"uptime_s\":1,\"problems\":1,\"link_down\":0,"
		"\"ring_full\":1}"
	);
	set_reply(
		&snapshot,
		SNAPSHOT_LATENCY,
		"{\"announce_count\":5,\"announce_p50_ns\":1250,\"announce_p99_ns\":9000,"
		"\"announce_p999_ns\":12300}"
	);
	set_reply(
		&snapshot,
		SNAPSHOT_SHARDS,
		"[{\"shard\":0,\"torrents\":5,\"torrents_max\":50,\"peers\":8,\"peers_max\":20},"
		"{\"shard\":1,\"torrents\":6,\"torrents_max\":50,\"peers\":1,\"peers_max\":20}]"
	);
	model_update(&model, &snapshot);
	return model;
}

static void
test_numbers_stand_on_the_screen(void **state)
{
	struct model model = two_rounds();
	struct view view = {.every_s = 2, .clock = "12:34:56", .path = "/x"};

	(void)state;
	draw(&model, &view, 24, 80);
	assert_row("weir 0.1.0  net_x  port 6969  up 1:02:03  pid 7");
	assert_row("ring_full (for 0:00): requests were dropped: a worker's ring was full");
	assert_row("last 120 s");
	assert_row("announce        101         0");
	assert_row("other             2         0"); // ring_full
	assert_row("received        250               0 bit/s    drops");
	assert_row("  1 io        ###......  30%      400   95%");
	assert_row("  2 worker    ########.  91%        -    0%");
	assert_row("announce    1.25 us 9.00 us 12.3 us");
	assert_row("torrents        11 of      100  ");
	assert_row("peers            9 of       40  ");
	view.totals = true;
	draw(&model, &view, 24, 80);
	assert_row("announce        303         0");
	assert_row("received      1,500              48.8 KiB");
	view.by_load = true;
	view.first_lcore = 99;
	draw(&model, &view, 24, 80);
	assert_row("id_forged                        50");
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
	draw(&model, &view, 24, 80);
	assert_row("lcores 7-9/9");
	assert_row("  9 io");
	assert_false(has_row("  6 io"));
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
	set_reply(snapshot, SNAPSHOT_INFO, info);
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
	draw(&model, &view, 24, 80);
	assert_string_equal(
		row_text(0),
		"weir 0.1.0  net_af_packet  port 65535  up 123 d 10:02:03  pid 4194304   12:34:56"
	);
	view.paused = true;
	draw(&model, &view, 24, 80);
	assert_string_equal(
		row_text(0),
		"weir 0.1.0  net_af_packet  port 65535  up 123 d 10:02:03        PAUSED  12:34:56"
	);
	view.paused = false;
	draw(&model, &view, 10, 40);
	assert_string_equal(row_text(0), "weir 0.1.0  net_af_packet       12:34:56");
	model_free(&model);
}

static void
test_screens_of_other_sizes(void **state)
{
	struct model model = two_rounds();
	struct view view = {.every_s = 1, .clock = "", .path = "/x"};

	(void)state;
	draw(&model, &view, 10, 39);
	assert_row("weirctl top needs 40 columns and 10");
	assert_row("this terminal has 39 and 10");
	draw(&model, &view, 10, 40);
	assert_row("announce        101");
	assert_false(has_row("drops"));
	assert_false(view.list_shown);
	draw(&model, &view, 23, 80);
	assert_row("drops");
	assert_row(
		"ring_full                                                                      2"
	);
	assert_false(has_row("largest"));
	draw(&model, &view, 24, 160);
	assert_true(view.list_shown);
	assert_row("latency");
	assert_ptr_not_equal(strstr(row_text(2), "largest swarms"), NULL);
	model_free(&model);
}

static void
test_what_there_is_instead_of_numbers(void **state)
{
	struct model model = two_rounds();
	struct view view = {.every_s = 1, .clock = "", .path = "/x", .now_s = 12};
	struct snapshot offline = {.at_s = 20, .why = "/x: no Weir runs there"};

	(void)state;
	view.help = true;
	draw(&model, &view, 24, 80);
	assert_row("quit");
	assert_false(has_row("announce"));
	for (unsigned k = 0; k < KEY_COUNT; k++)
		assert_row(keys[k].help);
	model_free(&model);
	view.help = false;
	model = (struct model){0};
	draw(&model, &view, 24, 80);
	assert_row("connecting to /x");
	model_update(&model, &offline);
	draw(&model, &view, 24, 80);
	assert_row("/x: no Weir runs there");
	assert_row("waiting for Weir");
	model_free(&model);
}

static void
test_old_numbers_are_dimmed(void **state)
{
	struct model model = two_rounds();
	struct view view = {.every_s = 1, .clock = "", .path = "/x", .now_s = 12};
	struct snapshot offline = {.at_s = 20, .why = "/x: no Weir runs there"};

	(void)state;
	draw(&model, &view, 24, 80);
	assert_int_equal(style_of("announce"), STYLE_PLAIN);
	view.now_s = 12 + 9;
	draw(&model, &view, 24, 80);
	assert_row("no reply for 0:09; these numbers are that old");
	assert_int_equal(style_of("announce"), STYLE_DIM);
	assert_int_equal(style_of("drops"), STYLE_DIM);
	assert_int_equal(style_of("no reply"), STYLE_BAD);
	view.paused = true; // then nobody expects new ones
	draw(&model, &view, 24, 80);
	assert_row("PAUSED");
	assert_false(has_row("no reply"));
	assert_int_equal(style_of("announce"), STYLE_PLAIN);
	view.paused = false;
	model_update(&model, &offline);
	view.now_s = 12 + 75;
	draw(&model, &view, 24, 80);
	assert_row("/x: no Weir runs there; these numbers are 1:15 old");
	assert_row("announce        101");
	assert_int_equal(style_of("announce"), STYLE_DIM);
	struct snapshot back = second_snapshot(7);

	back.at_s = 90;
	model_update(&model, &back);
	view.now_s = 90;
	draw(&model, &view, 24, 80);
	assert_int_equal(style_of("announce"), STYLE_PLAIN);
	assert_int_equal(model.rounds, 0); // of the time in between nothing is known
	model_free(&model);
}

static void
take_health(struct model *model, double at_s, long pid, const char *health)
{
	struct snapshot snapshot = snapshot_at(at_s, pid, "{}", "{}", "[]");

	set_reply(&snapshot, SNAPSHOT_HEALTH, health);
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
	draw(&model, &view, 24, 80);
	assert_row("mbufs_low (for over 0:10): less than a tenth of the mbufs is free");
	assert_row("new_check (for 0:06)");
	take_health(&model, 106, 7, "{\"problems\":1,\"mbufs_low\":0,\"new_check\":1}");
	take_health(&model, 108, 7, "{\"problems\":2,\"mbufs_low\":1,\"new_check\":1}");
	draw(&model, &view, 24, 80);
	assert_row("mbufs_low (for 0:02)"); // it had gone
	take_health(
		&model,
		109,
		7,
		"{\"problems\":4,\"mbufs_low\":1,\"no_address\":1,\"ring_full\":1,\"tx_full\":1}"
	);
	draw(&model, &view, 24, 80); // no room for all sentences
	assert_row("problems: mbufs_low (for 0:02), no_address (for 0:01)");
	draw(&model, &view, 40, 80);
	assert_row("no_address (for 0:01): a port with a link may use none of its IPv4 or none of");
	take_health(&model, 110, 8, "{\"problems\":1,\"mbufs_low\":1}"); // another Weir
	draw(&model, &view, 24, 80);
	assert_row("mbufs_low (for over 0:00)");
	take_health(&model, 110, 8, "{\"status\":\"ok\",\"problems\":0}");
	draw(&model, &view, 24, 80);
	assert_row("healthy");
	model_free(&model);
}

// A reply that is missing shows neither zeros nor health.
static void
test_missing_replies_show_no_numbers(void **state)
{
	static const struct {
		enum snapshot_reply reply;
		const char *absent, *present;
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
		struct model model = two_rounds();
		struct snapshot snapshot = snapshot_copy(&model.snapshot);

		draw(&model, &view, 24, 80);
		assert_false(has_row("no data from this Weir"));
		set_reply(&snapshot, SNAPSHOT_HEALTH, "{\"problems\":0}");
		json_decref(snapshot.replies[cases[i].reply]);
		snapshot.replies[cases[i].reply] = NULL;
		model_update(&model, &snapshot);
		draw(&model, &view, 24, 80);
		assert_row("no data from this Weir");
		assert_row(cases[i].present);
		assert_false(has_row(cases[i].absent));
		model_free(&model);
	}
}

static void
test_what_a_driver_does_not_count_is_no_number(void **state)
{
	struct model model = {0};
	struct view view = {.every_s = 1, .clock = "", .path = "/x", .now_s = 10};
	struct snapshot snapshot = first_snapshot();

	(void)state;
	set_reply(
		&snapshot,
		SNAPSHOT_PORTS,
		"[{\"name\":\"net_x0\",\"rx_no_buffer\":0,\"rx_errors\":3,\"tx_errors\":0},"
		"{\"name\":\"net_x1\",\"rx_missed\":0}]"
	);
	model_update(&model, &snapshot);
	draw(&model, &view, 40, 80);
	assert_row(
		"net_x0              down                         -         0         3         0"
	);
	assert_row(
		"net_x1              down                         0         -         -         -"
	);
	model_free(&model);
}

// --- keys and the torrent they open -------------------------------------------------------------

static char hashes[3][INFO_HASH_DIGITS + 1];

static struct model
with_torrents(void)
{
	struct model model = two_rounds();
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
	struct model model = with_torrents();
	struct view view = {.every_s = 1, .clock = "", .path = "/x", .now_s = 12};

	(void)state;
	draw(&model, &view, 24, 80);
	assert_int_equal(style_of(hashes[0]), STYLE_SELECTED);
	assert_int_equal(style_of(hashes[1]), STYLE_PLAIN);
	PRESS(KEY_CODE_DOWN);
	draw(&model, &view, 24, 80);
	assert_int_equal(style_of(hashes[1]), STYLE_SELECTED);
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
test_nothing_opens_that_is_not_seen(void **state)
{
	struct model model = with_torrents();
	struct view view = {.every_s = 1, .clock = "", .path = "/x", .now_s = 12};

	(void)state;
	draw(&model, &view, 10, 40);
	PRESS(KEY_CODE_ENTER);
	assert_string_equal(view.open.hash, "");
	draw(&model, &view, 24, 80);
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
	struct model model = with_torrents();
	struct view view = {.every_s = 1, .clock = "", .path = "/x", .now_s = 12};
	struct detail found = {
		.torrent = json_pack(
			"{s:i,s:i,s:i}", "seeders", 9, "leechers", 31, "leechers_ipv6", 8
		),
		.peers = page_of_peers(0, 40),
	};

	(void)state;
	detail = &found;
	draw(&model, &view, 24, 80);
	PRESS(KEY_CODE_ENTER);
	draw(&model, &view, 24, 80);
	assert_row("loading"); // what is there is of none
	strcpy(found.query.hash, hashes[0]);
	draw(&model, &view, 24, 80);
	assert_false(has_row("latency"));
	assert_row("leechers            31         0         8");
	assert_row("peers 1-15 of 40");
	assert_row("10.0.0.14:6881");
	assert_false(has_row("10.0.0.15:6881"));
	PRESS(KEY_CODE_PAGE_DOWN);
	assert_int_equal(view.open.offset, 15);
	draw(&model, &view, 24, 80);
	json_decref(found.peers);
	found.peers = page_of_peers(30, 40);
	PRESS(KEY_CODE_PAGE_DOWN, KEY_CODE_PAGE_DOWN); // there is no fourth
	assert_int_equal(view.open.offset, 30);
	draw(&model, &view, 24, 80);
	assert_row("peers 31-40 of 40");
	PRESS(KEY_CODE_PAGE_UP, KEY_CODE_PAGE_UP, KEY_CODE_PAGE_UP);
	assert_int_equal(view.open.offset, 0);
	draw(&model, &view, 24, 160);
	assert_row("latency"); // beside it
	detail_free(&found);
	found.torrent = found.peers = NULL;
	strcpy(found.why, "torrent not known");
	draw(&model, &view, 10, 40);
	assert_row("torrent not known");
	*found.why = '\0';
	found.torrent = json_object();
	found.peers = json_pack(
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
	);
	draw(&model, &view, 24, 80); // whole, whatever has no room beside it then
	assert_row(
		"[2001:db8:1234:5678:9abc:def0:1234:5678]:65535             7 B  leecher        0"
	);
	detail_free(&found);
	detail = &no_detail;
	model_free(&model);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rates_are_differences),
		cmocka_unit_test(test_rates_of_another_weir),
		cmocka_unit_test(test_loads_of_lcores),
		cmocka_unit_test(test_order_of_drops),
		cmocka_unit_test(test_history_keeps_a_minute),
		cmocka_unit_test(test_areas_do_not_overlap),
		cmocka_unit_test(test_much_that_is_wrong_takes_rows),
		cmocka_unit_test(test_too_small),
		cmocka_unit_test(test_bars_and_lines),
		cmocka_unit_test(test_what_is_outside_is_cut_off),
		cmocka_unit_test(test_texts_over_several_rows),
		cmocka_unit_test(test_numbers_stand_on_the_screen),
		cmocka_unit_test(test_paging_through_lcores),
		cmocka_unit_test(test_title_fits),
		cmocka_unit_test(test_screens_of_other_sizes),
		cmocka_unit_test(test_what_there_is_instead_of_numbers),
		cmocka_unit_test(test_old_numbers_are_dimmed),
		cmocka_unit_test(test_problems_have_an_age),
		cmocka_unit_test(test_missing_replies_show_no_numbers),
		cmocka_unit_test(test_what_a_driver_does_not_count_is_no_number),
		cmocka_unit_test(test_keys_select_and_open),
		cmocka_unit_test(test_nothing_opens_that_is_not_seen),
		cmocka_unit_test(test_a_torrent_is_shown_by_pages),
	};

	setlocale(LC_CTYPE, "C.UTF-8");
	int status = cmocka_run_group_tests(tests, NULL, NULL);

	canvas_free(&canvas);
	return status;
}
