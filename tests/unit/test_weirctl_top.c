// SPDX-License-Identifier: BSD-3-Clause
// app/weirctl: rates out of two snapshots, what is where on which size of screen, and what stands
// there. No terminal, no Weir.

#include "../../app/weirctl/layout.h"
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
		"[{\"lcore\":1,\"role\":\"io\",\"busy_cycles\":9000,\"packets\":30,"
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
	const struct flow *announces = &rates.kinds[FAMILY_IPV4][VERDICT_KIND_ANNOUNCE];

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
	model_take(&model, &snapshot);
	assert_int_equal(model.rounds, 0);
	for (int round = 1; round <= HISTORY_ROUNDS + 3; round++) {
		snprintf(verdicts, sizeof(verdicts), "{\"announce\":%d}", 100 + round * round);
		snapshot = snapshot_at(10 + round, 7, verdicts, "{}", "[]");
		model_take(&model, &snapshot);
		assert_int_equal(model.rounds, round < HISTORY_ROUNDS ? round : HISTORY_ROUNDS);
		assert_true(announces[HISTORY_ROUNDS - 1] == 2 * round - 1);
	}
	assert_true(announces[0] == 2 * 4 - 1);
	model_copy(&copy, &model);
	snapshot = snapshot_at(80, 9, "{\"announce\":5}", "{}", "[]"); // another Weir
	model_take(&model, &snapshot);
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
test_areas_do_not_overlap(void **state)
{
	static unsigned char cells[200 * 300];
	struct layout layout;
	struct canvas canvas = {0};

	(void)state;
	for (unsigned size = 0; size < 60; size++) {
		const struct layout_wishes wishes = {size % 13, size % 17, size % 3};

		canvas.rows = LAYOUT_ROWS_MIN + size;
		canvas.columns = LAYOUT_COLUMNS_MIN + 3 * size;
		assert_true(layout_make(&layout, &canvas, &wishes));
		memset(cells, 0, sizeof(cells));
		const struct area *areas = &layout.title;

		for (unsigned a = 0; a < sizeof(layout) / sizeof(struct area); a++)
			count_area(&areas[a], cells);
		for (unsigned i = 0; i < canvas.rows * canvas.columns; i++)
			assert_true(cells[i] <= 1);
		assert_true(layout.requests.rows == 7 && layout.requests.columns >= 43);
		assert_true(layout.latency.columns >= 33 && layout.drops.rows >= 5);
		assert_true(layout.lcores.rows >= 4 && layout.largest.rows >= 5);
		assert_true(layout.ports.rows == 0 || layout.ports.rows == wishes.ports + 1);
		assert_int_equal(layout.keys.row, canvas.rows - 1);
	}
}

static void
test_too_small(void **state)
{
	const struct layout_wishes wishes = {0};
	struct canvas canvas = {.rows = LAYOUT_ROWS_MIN - 1, .columns = LAYOUT_COLUMNS_MIN};
	struct layout layout;

	(void)state;
	assert_false(layout_make(&layout, &canvas, &wishes));
	canvas = (struct canvas){.rows = LAYOUT_ROWS_MIN, .columns = LAYOUT_COLUMNS_MIN - 1};
	assert_false(layout_make(&layout, &canvas, &wishes));
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
draw(struct model *model, struct view *view, unsigned rows, unsigned columns)
{
	canvas.blocks = false;
	canvas_clear(&canvas, rows, columns);
	view_draw(&canvas, model, view);
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

	model_take(&model, &snapshot);
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
	model_take(&model, &snapshot);
	return model;
}

static void
test_numbers_stand_on_the_screen(void **state)
{
	struct model model = two_rounds();
	struct view view = {.every_s = 2, .clock = "12:34:56", .path = "/x"};

	(void)state;
	draw(&model, &view, 24, 80);
	assert_row("weir 0.1.0  net_x, UDP port 6969  up 1:02:03  process 7");
	assert_row("problems: ring_full");
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
	model_take(&model, &snapshot);
	draw(&model, &view, 24, 80);
	assert_row("lcores 7-9/9");
	assert_row("  9 io");
	assert_false(has_row("  6 io"));
	assert_int_equal(view.first_lcore, 6);
	model_free(&model);
}

static void
test_what_there_is_instead_of_numbers(void **state)
{
	struct model model = two_rounds();
	struct view view = {.every_s = 1, .clock = "", .path = "/x"};

	(void)state;
	draw(&model, &view, 23, 80);
	assert_row("weirctl top needs 80 columns and 24 rows");
	assert_row("here are 80 and 23");
	view.help = true;
	draw(&model, &view, 24, 80);
	assert_row("quit");
	assert_false(has_row("announce"));
	view.help = false;
	view.age_s = 9;
	draw(&model, &view, 24, 80);
	assert_row("no answer for 9 s");
	view.paused = true;
	draw(&model, &view, 24, 80);
	assert_row("PAUSED");
	assert_row("problems: ring_full");
	model_free(&model);
	struct snapshot gone = {.at_s = 20, .why = "/x: no Weir runs there"};

	model = (struct model){0};
	draw(&model, &view, 24, 80);
	assert_row("asking /x");
	model_take(&model, &gone);
	draw(&model, &view, 24, 80);
	assert_row("/x: no Weir runs there");
	assert_row("waiting for it");
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
		cmocka_unit_test(test_too_small),
		cmocka_unit_test(test_bars_and_lines),
		cmocka_unit_test(test_what_is_outside_is_cut_off),
		cmocka_unit_test(test_numbers_stand_on_the_screen),
		cmocka_unit_test(test_paging_through_lcores),
		cmocka_unit_test(test_what_there_is_instead_of_numbers),
	};

	setlocale(LC_CTYPE, "C.UTF-8");
	int status = cmocka_run_group_tests(tests, NULL, NULL);

	canvas_free(&canvas);
	return status;
}
