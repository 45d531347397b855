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

// Both columns of `area`, each divided into `first` rows and what is left.
static void
divide(struct layout *layout, struct area area)
{
	unsigned left = area.columns * LEFT_PERCENT / 100 - 1;
	unsigned right = left + GAP;
	struct canvas *canvas = area.canvas;

	layout->requests = (struct area){canvas, area.row, 0, REQUESTS_ROWS, left};
	layout->lcores =
		(struct area){canvas, area.row + REQUESTS_ROWS, 0, area.rows - REQUESTS_ROWS, left};
	layout->latency =
		(struct area){canvas, area.row, right, LATENCY_ROWS, area.columns - right};
	layout->drops = (struct area
	){canvas, area.row + LATENCY_ROWS, right, area.rows - LATENCY_ROWS, area.columns - right};
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
	divide(layout, take(canvas, &row, top));
	layout->swarms = take(canvas, &row, SWARMS_ROWS);
	layout->ports = take(canvas, &row, ports);
	layout->largest = take(canvas, &row, canvas->rows - 1 - row);
	layout->keys = take(canvas, &row, 1);
	return true;
}
