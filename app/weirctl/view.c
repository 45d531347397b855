// SPDX-License-Identifier: BSD-3-Clause

#include "view.h"

#include "layout.h"

static void
draw_panels(const struct layout *layout, const struct model *model, struct view *view)
{
	view_health(&layout->health, model, view);
	view_requests(&layout->requests, model, view);
	view_latency(&layout->latency, model);
	view_lcores(&layout->lcores, model, view);
	view_drops(&layout->drops, model, view);
	view_room(&layout->room, model);
	view_swarms(&layout->swarms, model);
	view_ports(&layout->ports, model);
	view_largest(&layout->largest, model);
}

void
view_draw(struct canvas *canvas, const struct model *model, struct view *view)
{
	enum verdict drops[VERDICT_COUNT];
	struct area all = canvas_area(canvas);
	struct layout layout;
	const struct layout_wishes wishes = {
		.lcores = model->rates.lcore_count,
		.drops = rates_order_drops(&model->rates, view->totals, drops),
		.ports = (unsigned)json_array_size(model->snapshot.replies[SNAPSHOT_PORTS]),
	};

	if (!layout_make(&layout, canvas, &wishes)) {
		view_too_small(&all);
		return;
	}
	view_title(&layout.title, model, view);
	view_keys(&layout.keys);
	if (view->help)
		view_help(&all);
	else if (!model->snapshot.answered)
		view_gone(&all, model, view);
	else
		draw_panels(&layout, model, view);
}
