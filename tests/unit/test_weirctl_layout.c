// SPDX-License-Identifier: BSD-3-Clause
// app/weirctl: the areas of screens of every size, and what is drawn into an area.

#include "../../app/weirctl/layout.h"
#include "../support/cmocka_wrap.h"
#include "../support/weirctl_screen.h"

#include <string.h>

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
test_many_problems_take_rows(void **state)
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
test_screen_that_is_too_small(void **state)
{
	const struct layout_demand demand = {0};
	struct canvas canvas = {.rows = LAYOUT_ROWS_MIN - 1, .columns = LAYOUT_COLUMNS_MIN};
	struct layout layout;

	(void)state;
	assert_false(layout_make(&layout, &canvas, &demand));
	canvas = (struct canvas){.rows = LAYOUT_ROWS_MIN, .columns = LAYOUT_COLUMNS_MIN - 1};
	assert_false(layout_make(&layout, &canvas, &demand));
}

static void
test_bars_and_lines(void **state)
{
	static const double values[] = {0, 1, 2, 4, 6, 8, 2, 2};

	(void)state;
	screen.blocks = true;
	canvas_clear(&screen, 6, 10);
	struct area area = canvas_area(&screen);

	area_bar(&area, 0, 0, 4, 0.5, STYLE_BAR);
	area_bar(&area, 1, 0, 4, 0.28, STYLE_BAR); // 9 eighths
	area_bar(&area, 2, 0, 4, 7, STYLE_BAR);
	area_line(&area, 3, 2, 8, values, 8, 8);
	area_line(&area, 4, 2, 4, values, 8, 8);
	area_line(&area, 5, 0, 10, values + 4, 2, 6);
	assert_string_equal(screen_row(0), "██··");
	assert_string_equal(screen_row(1), "█▏··");
	assert_string_equal(screen_row(2), "████");
	assert_string_equal(screen_row(3), "  ▁▂▃▅▆█▃▃");
	assert_string_equal(screen_row(4), "  ▁▄▇▃");
	assert_string_equal(screen_row(5), "        ██");
	screen.blocks = false;
	area_bar(&area, 0, 0, 4, 0.375, STYLE_BAR);
	area_line(&area, 3, 2, 8, values, 8, 8);
	assert_string_equal(screen_row(0), "#-..");
	assert_string_equal(screen_row(3), "  _.,-=#,,");
}

static void
test_text_outside_an_area_is_cut_off(void **state)
{
	(void)state;
	canvas_clear(&screen, 3, 8);
	const struct area area = {&screen, 1, 2, 1, 4};

	area_left(&area, 0, 1, STYLE_PLAIN, "abcdef");
	area_left(&area, 1, 0, STYLE_PLAIN, "below");
	assert_string_equal(screen_row(0), "");
	assert_string_equal(screen_row(1), "   abc");
	area_right(&area, 0, 4, STYLE_PLAIN, "xy");
	assert_string_equal(screen_row(1), "   axy");
	area_right(&area, 0, 4, STYLE_PLAIN, "123456");
	assert_string_equal(screen_row(1), "  1234");
	assert_string_equal(screen_row(2), "");
}

static void
test_texts_wrap(void **state)
{
	(void)state;
	canvas_clear(&screen, 4, 10);
	struct area area = canvas_area(&screen);

	assert_int_equal(area_wrap(&area, 0, STYLE_PLAIN, "one two three four"), 2);
	assert_string_equal(screen_row(0), "one two");
	assert_string_equal(screen_row(1), "three four");
	canvas_clear(&screen, 4, 10);
	assert_int_equal(area_wrap(&area, 1, STYLE_PLAIN, "/a/path/without/end is long"), 3);
	assert_string_equal(screen_row(1), "/a/path/wi");
	assert_string_equal(screen_row(2), "thout/end");
	assert_string_equal(screen_row(3), "is long");
	assert_int_equal(area_wrap(&area, 0, STYLE_PLAIN, ""), 1);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_areas_do_not_overlap),
		cmocka_unit_test(test_many_problems_take_rows),
		cmocka_unit_test(test_screen_that_is_too_small),
		cmocka_unit_test(test_bars_and_lines),
		cmocka_unit_test(test_text_outside_an_area_is_cut_off),
		cmocka_unit_test(test_texts_wrap),
	};

	return cmocka_run_group_tests(tests, screen_setup, screen_teardown);
}
