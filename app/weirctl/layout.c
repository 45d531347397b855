// SPDX-License-Identifier: BSD-3-Clause

#include "layout.h"

enum {
	FRAME_ROWS = 3, // title, health, keys
	REQUESTS_ROWS = 7, // with its title, as all below
	LATENCY_ROWS = 5,
	SWARMS_ROWS = 5,
	TOP_ROWS = 11, // requests and lcores; latency and drops
	LARGEST_ROWS = 5,
	GAP = 2, // columns
	LEFT_PERCENT = 56,
};

static unsigned
least(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

static unsigned
most(unsigned a, unsigned b)
{
	return a > b ? a : b;
}

// The next `rows` rows of the whole width.
static struct area
take(struct canvas *canvas, unsigned *row, unsigned rows)
{
	struct area area = {canvas, *row, 0, rows, canvas->columns};

	*row += rows;
	return area;
}

// Rows from `first` on, so many, of the left or the right column of `area`.
static struct area
half(struct area area, bool right, unsigned first, unsigned rows)
{
	unsigned left = area.columns * LEFT_PERCENT / 100 - 1;

	area.row += first;
	area.rows = rows;
	area.column = right ? left + GAP : 0;
	area.columns = right ? area.columns - left - GAP : left;
	return area;
}

bool
layout_make(struct layout *layout, struct canvas *canvas, const struct layout_wishes *wishes)
{
	unsigned row = 0;

	*layout = (struct layout){0};
	if (canvas->rows < LAYOUT_ROWS_MIN || canvas->columns < LAYOUT_COLUMNS_MIN)
		return false;
	unsigned spare = canvas->rows - LAYOUT_ROWS_MIN;
	unsigned wanted =
		most(REQUESTS_ROWS + 1 + wishes->lcores, LATENCY_ROWS + 1 + wishes->drops);
	// Half of what there is, so that the swarms grow, too.
	unsigned top = least(most(wanted, TOP_ROWS), TOP_ROWS + spare / 2);

	spare -= top - TOP_ROWS;
	unsigned ports = spare >= wishes->ports + 1 ? wishes->ports + 1 : 0;

	layout->title = take(canvas, &row, 1);
	layout->health = take(canvas, &row, 1);
	struct area upper = take(canvas, &row, top), lower = take(canvas, &row, SWARMS_ROWS);

	layout->requests = half(upper, false, 0, REQUESTS_ROWS);
	layout->lcores = half(upper, false, REQUESTS_ROWS, top - REQUESTS_ROWS);
	layout->latency = half(upper, true, 0, LATENCY_ROWS);
	layout->drops = half(upper, true, LATENCY_ROWS, top - LATENCY_ROWS);
	layout->room = half(lower, false, 0, SWARMS_ROWS);
	layout->swarms = half(lower, true, 0, SWARMS_ROWS);
	layout->ports = take(canvas, &row, ports);
	layout->largest = take(canvas, &row, canvas->rows - 1 - row);
	layout->keys = take(canvas, &row, 1);
	return true;
}
