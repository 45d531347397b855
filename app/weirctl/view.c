// SPDX-License-Identifier: BSD-3-Clause

#include "view.h"

#include "layout.h"

#include <stddef.h>

enum { LATE_S = 3 };

bool
view_is_old(const struct model *model, const struct view *view)
{
	double age_s = view->now_s - model->snapshot.at_s;

	return model->offline || (age_s > view->every_s + LATE_S && !view->paused);
}

#define NEEDS(reply) (1U << SNAPSHOT_##reply)

enum { NEEDS_VERDICTS = NEEDS(LINK) | NEEDS(IPV4) | NEEDS(IPV6) };

// Panels with the replies that they need. Without these a panel shows no numbers, for 0 would be one.
static const struct {
	size_t place; // of its area in struct layout
	view_panel *draw;
	unsigned needs;
	const char *title;
} panels[] = {
	{offsetof(struct layout, requests),
	 view_requests,
	 NEEDS_VERDICTS | NEEDS(STATS),
	 "requests"},
	{offsetof(struct layout, latency), view_latency, NEEDS(LATENCY), "latency"},
	{offsetof(struct layout, lcores), view_lcores, NEEDS(LCORES), "lcores"},
	{offsetof(struct layout, drops), view_drops, NEEDS_VERDICTS, "drops"},
	{offsetof(struct layout, capacity),
	 view_capacity,
	 NEEDS(SHARDS) | NEEDS(MEMORY),
	 "capacity"},
	{offsetof(struct layout, swarms), view_swarms, NEEDS(STATS), "swarms"},
	{offsetof(struct layout, ports), view_ports, NEEDS(PORTS), "ports"},
};

static bool
has_replies(const struct model *model, unsigned needs)
{
	for (unsigned r = 0; r < SNAPSHOT_COUNT; r++)
		if ((needs >> r & 1) != 0 && model->snapshot.replies[r] == NULL)
			return false;
	return true;
}

static void
draw_panels(const struct layout *layout, const struct model *model, struct view *view)
{
	for (unsigned p = 0; p < sizeof(panels) / sizeof(*panels); p++) {
		const struct area *area =
			(const struct area *)((const char *)layout + panels[p].place);

		if (has_replies(model, panels[p].needs)) {
			panels[p].draw(area, model, view);
		} else {
			area_title(area, panels[p].title);
			area_left(area, 1, 0, STYLE_DIM, "no data from this Weir");
		}
	}
}

// Draws the panels, and the largest swarms or the open torrent, which may cover all panels.
static void
draw_body(
	const struct layout *layout,
	const struct model *model,
	const struct detail *detail,
	struct view *view
)
{
	bool open = *view->open.hash != '\0';

	view->list_shown = layout->largest.rows > 0;
	if (!open || layout->wide)
		draw_panels(layout, model, view);
	if (open)
		view_torrent(&layout->torrent, detail, view);
	else
		view_largest(&layout->largest, model, view);
}

static struct layout_demand
demand_of(const struct area *all, const struct model *model, const struct view *view)
{
	enum verdict drops[VERDICT_COUNT];

	return (struct layout_demand){
		.health = view_health_rows(all, model, view),
		.lcores = model->rates.lcore_count,
		.drops = rates_order_drops(&model->rates, view->totals, drops),
		.ports = (unsigned)json_array_size(model->snapshot.replies[SNAPSHOT_PORTS]),
	};
}

void
view_draw(
	struct canvas *canvas,
	const struct model *model,
	const struct detail *detail,
	struct view *view
)
{
	struct area all = canvas_area(canvas);
	struct layout layout;
	const struct layout_demand demand = demand_of(&all, model, view);

	if (!layout_make(&layout, canvas, &demand)) {
		view_too_small(&all);
		return;
	}
	if (view->help) {
		view_help(&all);
	} else if (!model->snapshot.answered) {
		view_offline(&all, model, view);
	} else {
		draw_body(&layout, model, detail, view);
		if (view_is_old(model, view))
			area_restyle(&all, STYLE_DIM);
		view_health(&layout.health, model, view);
	}
	view_title(&layout.title, model, view);
	view_keys(&layout.keys, view);
}
