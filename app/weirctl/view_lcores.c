// SPDX-License-Identifier: BSD-3-Clause
// Load of each lcore.

#include "number.h"
#include "view.h"

#include <stdio.h>

enum {
	ID_END = 3,
	ROLE_START = 4,
	BAR_START = 14,
	BUSY_WIDTH = 5, // with the space before it, as all below
	CYCLES_WIDTH = 9,
	RING_WIDTH = 6,
};

static void
draw_percent(const struct area *area, unsigned row, unsigned end, double share, double bad)
{
	char text[16];

	snprintf(text, sizeof(text), "%.0f%%", share * 100);
	area_right(area, row, end, share >= bad ? STYLE_BAD : STYLE_BOLD, text);
}

static void
draw_lcore(const struct area *area, unsigned row, const struct lcore_load *load)
{
	unsigned ring_end = area->columns, cycles_end = ring_end - RING_WIDTH;
	unsigned busy_end = cycles_end - CYCLES_WIDTH, bar_end = busy_end - BUSY_WIDTH;
	char number[16];

	snprintf(number, sizeof(number), "%u", load->lcore);
	area_right(area, row, ID_END, STYLE_PLAIN, number);
	area_left(area, row, ROLE_START, STYLE_PLAIN, load->role);
	area_bar(area, row, BAR_START, bar_end - BAR_START, load->busy, STYLE_BAR);
	draw_percent(area, row, busy_end, load->busy, 2); // all of an lcore's time may be used
	area_right(
		area,
		row,
		cycles_end,
		load->cycles_per_packet < 0 ? STYLE_DIM : STYLE_BOLD,
		load->cycles_per_packet < 0 ? "-" : number_short(load->cycles_per_packet).text
	);
	draw_percent(area, row, ring_end, load->ring_fill, 0.9);
}

void
view_lcores(const struct area *area, const struct model *model, struct view *view)
{
	unsigned order[RATES_LCORES_MAX], count = model->rates.lcore_count;
	unsigned space = area->rows - 1;
	unsigned last = count > space ? count - space : 0; // index that can be the first row
	char title[64];

	if (area->rows == 0)
		return;
	rates_order_lcores(&model->rates, view->by_load, order);
	view->first_lcore = view->first_lcore < last ? view->first_lcore : last;
	if (last == 0)
		snprintf(title, sizeof(title), "lcores");
	else
		snprintf(
			title,
			sizeof(title),
			"lcores %u-%u/%u",
			view->first_lcore + 1,
			view->first_lcore + space,
			count
		);
	area_title(area, title);
	area_right(area, 0, area->columns, STYLE_TITLE, "ring");
	area_right(area, 0, area->columns - RING_WIDTH, STYLE_TITLE, "cycles");
	area_right(area, 0, area->columns - RING_WIDTH - CYCLES_WIDTH, STYLE_TITLE, "busy");
	for (unsigned i = 0; i < space && view->first_lcore + i < count; i++)
		draw_lcore(area, i + 1, &model->rates.lcores[order[view->first_lcore + i]]);
}
