// SPDX-License-Identifier: BSD-3-Clause
// The largest swarms, one of which is selected.

#include "number.h"
#include "reply.h"
#include "selection.h"

#include <stdio.h>

enum { HASH_END = 40, NUMBER_WIDTH = 10, NUMBERS = 4 };

static const enum field fields[NUMBERS] = {
	FIELD_top_row_peers,
	FIELD_top_row_seeders,
	FIELD_top_row_leechers,
	FIELD_top_row_completed,
};

static void
draw_row(const struct area *area, unsigned row, const json_t *torrent, uint64_t largest)
{
	const unsigned bar_start = HASH_END + NUMBERS * NUMBER_WIDTH + 2;
	uint64_t peers = reply_field(torrent, FIELD_top_row_peers);

	area_left(area, row, 0, STYLE_PLAIN, reply_field_text(torrent, FIELD_top_row_info_hash));
	for (unsigned n = 0; n < NUMBERS; n++)
		area_right(
			area,
			row,
			HASH_END + NUMBER_WIDTH * (n + 1),
			n == 0 ? STYLE_BOLD : STYLE_PLAIN,
			number_short((double)reply_field(torrent, fields[n])).text
		);
	if (area->columns > bar_start && largest > 0)
		area_bar(
			area,
			row,
			bar_start,
			area->columns - bar_start,
			(double)peers / (double)largest,
			STYLE_BAR
		);
}

// Scrolls the list by as little as keeps the selected row visible.
static void
keep_visible(struct view *view, unsigned selected, unsigned count, unsigned space)
{
	unsigned last = count > space ? count - space : 0;

	if (view->first_torrent > selected)
		view->first_torrent = selected;
	if (selected >= view->first_torrent + space)
		view->first_torrent = selected - space + 1;
	if (view->first_torrent > last)
		view->first_torrent = last;
}

void
view_largest(const struct area *area, const struct model *model, struct view *view)
{
	const json_t *list = selection_list(model);
	unsigned count = (unsigned)json_array_size(list), selected = selection_index(model, view);
	unsigned space = area->rows > 0 ? area->rows - 1 : 0;
	uint64_t largest = reply_field(json_array_get(list, 0), FIELD_top_row_peers);

	area_title(area, "largest swarms");
	for (unsigned n = 0; n < NUMBERS; n++)
		area_right(
			area,
			0,
			HASH_END + NUMBER_WIDTH * (n + 1),
			STYLE_TITLE,
			field_infos[fields[n]].label
		);
	keep_visible(view, selected, count, space);
	for (unsigned i = 0; i < space && view->first_torrent + i < count; i++) {
		unsigned place = view->first_torrent + i;
		struct area row = {area->canvas, area->row + i + 1, area->column, 1, area->columns};

		draw_row(area, i + 1, json_array_get(list, place), largest);
		row.columns = area->columns < HASH_END ? area->columns : HASH_END;
		if (place == selected)
			area_restyle(&row, STYLE_SELECTED);
	}
}
