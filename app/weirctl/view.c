// SPDX-License-Identifier: BSD-3-Clause

#include "view.h"

#include "layout.h"

enum { LATE_S = 3 };

bool
view_is_old(const struct model *model, const struct view *view)
{
	double age_s = view->now_s - model->snapshot.at_s;

	return model->gone || (age_s > view->every_s + LATE_S && !view->paused);
}

static void
draw_panels(const struct layout *layout, const struct model *model, struct view *view)
{
	view_requests(&layout->requests, model, view);
	view_latency(&layout->latency, model);
	view_lcores(&layout->lcores, model, view);
	view_drops(&layout->drops, model, view);
	view_room(&layout->room, model);
	view_swarms(&layout->swarms, model);
	view_ports(&layout->ports, model);
}

// The list of the largest, or the torrent that was opened from it, which may cover everything.
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

static struct layout_wishes
wishes_of(const struct area *all, const struct model *model, const struct view *view)
{
	enum verdict drops[VERDICT_COUNT];

	return (struct layout_wishes){
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
	const struct layout_wishes wishes = wishes_of(&all, model, view);

	if (!layout_make(&layout, canvas, &wishes)) {
		view_too_small(&all);
		return;
	}
	if (view->help) {
		view_help(&all);
	} else if (!model->snapshot.answered) {
		view_gone(&all, model, view);
	} else {
		draw_body(&layout, model, detail, view);
		if (view_is_old(model, view))
			area_restyle(&all, STYLE_DIM);
		view_health(&layout.health, model, view);
	}
	view_title(&layout.title, model, view);
	view_keys(&layout.keys, view);
}
