// SPDX-License-Identifier: BSD-3-Clause

#include "layout.h"

enum {
	REQUESTS_ROWS = 7, // with its title, as all below
	LATENCY_ROWS = 5,
	DROPS_ROWS = 3,
	SWARMS_ROWS = 5,
	TOP_ROWS = 11, // requests and lcores; latency and drops
	LARGEST_ROWS = 5,
	LARGEST_ROWS_MIN = 3, // while there are many problems
	PAIR_GAP = 2, // columns between areas
	WIDE_GAP = 1,
	LEFT_PERCENT = 56,
};

static unsigned
min(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

static unsigned
max(unsigned a, unsigned b)
{
	return a > b ? a : b;
}

// Splits off the first `rows` rows of an area.
static struct area
take(struct area *area, unsigned rows)
{
	struct area taken = *area;

	taken.rows = rows;
	area->row += rows;
	area->rows -= rows;
	return taken;
}

// `rows` rows from `first` on, in the left or the right column of `area`.
static struct area
half(struct area area, bool right, unsigned first, unsigned rows)
{
	unsigned left = area.columns * LEFT_PERCENT / 100 - 1;

	area.row += first;
	area.rows = rows;
	area.column += right ? left + PAIR_GAP : 0;
	area.columns = right ? area.columns - left - PAIR_GAP : left;
	return area;
}

// Places the areas that stand in pairs, and the ports below them. `min_below`: rows to leave free.
static void
place_pairs(
	struct layout *layout,
	struct area *body,
	const struct layout_demand *demand,
	unsigned min_below
)
{
	unsigned fixed = TOP_ROWS + SWARMS_ROWS + min_below;
	unsigned spare = body->rows > fixed ? body->rows - fixed : 0;
	unsigned wanted = max(REQUESTS_ROWS + 1 + demand->lcores, LATENCY_ROWS + 1 + demand->drops);
	// Half of the spare rows, so that the area below grows, too.
	unsigned share = layout->wide ? spare : spare / 2;
	unsigned top = min(max(wanted, TOP_ROWS), TOP_ROWS + share);

	spare -= top - TOP_ROWS;
	unsigned ports = spare >= demand->ports + 1 ? demand->ports + 1 : 0;
	struct area upper = take(body, top), lower = take(body, SWARMS_ROWS);

	layout->requests = half(upper, false, 0, REQUESTS_ROWS);
	layout->lcores = half(upper, false, REQUESTS_ROWS, top - REQUESTS_ROWS);
	layout->latency = half(upper, true, 0, LATENCY_ROWS);
	layout->drops = half(upper, true, LATENCY_ROWS, top - LATENCY_ROWS);
	layout->capacity = half(lower, false, 0, SWARMS_ROWS);
	layout->swarms = half(lower, true, 0, SWARMS_ROWS);
	layout->ports = take(body, ports);
}

static void
place_wide(struct layout *layout, struct area body, const struct layout_demand *demand)
{
	struct area left = body;

	left.columns = (body.columns - WIDE_GAP) / 2;
	layout->largest = body;
	layout->largest.column = left.columns + WIDE_GAP;
	layout->largest.columns = body.columns - left.columns - WIDE_GAP;
	layout->torrent = layout->largest;
	place_pairs(layout, &left, demand, 0);
}

static void
place_small(struct layout *layout, struct area body)
{
	layout->requests = take(&body, REQUESTS_ROWS);
	if (body.rows >= DROPS_ROWS)
		layout->drops = body;
}

bool
layout_make(struct layout *layout, struct canvas *canvas, const struct layout_demand *demand)
{
	struct area body = canvas_area(canvas);

	*layout = (struct layout){.wide = canvas->columns >= LAYOUT_COLUMNS_WIDE};
	if (canvas->rows < LAYOUT_ROWS_MIN || canvas->columns < LAYOUT_COLUMNS_MIN)
		return false;
	bool full = canvas->rows >= LAYOUT_ROWS_FULL && canvas->columns >= LAYOUT_COLUMNS_FULL;
	unsigned below = layout->wide ? 0 : LARGEST_ROWS_MIN;
	unsigned needed = full ? TOP_ROWS + SWARMS_ROWS + below : REQUESTS_ROWS;

	layout->wide = layout->wide && full;
	layout->title = take(&body, 1);
	layout->keys = body;
	layout->keys.row += --body.rows;
	layout->keys.rows = 1;
	layout->health = take(&body, max(1, min(demand->health, body.rows - needed)));
	layout->torrent = body;
	if (layout->wide) {
		place_wide(layout, body, demand);
	} else if (full) {
		place_pairs(layout, &body, demand, LARGEST_ROWS);
		layout->largest = body;
	} else {
		place_small(layout, body);
	}
	return true;
}
