// SPDX-License-Identifier: BSD-3-Clause
// The live view, drawn on a canvas from a model. Knows neither the terminal nor the socket.

#pragma once

#include "canvas.h"
#include "model.h"

// What the keys have chosen, and what is drawn around the numbers.
struct view {
	bool totals; // since the start, instead of each second
	bool by_load; // order of lcores
	bool paused;
	bool help;
	unsigned first_lcore; // that is shown; the view keeps it in range
	double every_s; // between two snapshots
	double age_s; // of the last one
	const char *path; // of the socket
	const char *clock; // wall time
};

void view_draw(struct canvas *canvas, const struct model *model, struct view *view);

// What it is made of: the areas of layout.h.
void view_title(const struct area *area, const struct model *model, const struct view *view);
void view_health(const struct area *area, const struct model *model, const struct view *view);
void view_keys(const struct area *area);
void view_help(const struct area *area);
void view_gone(const struct area *area, const struct model *model, const struct view *view);
void view_too_small(const struct area *area);
void view_requests(const struct area *area, const struct model *model, const struct view *view);
void view_latency(const struct area *area, const struct model *model);
void view_drops(const struct area *area, const struct model *model, const struct view *view);
void view_lcores(const struct area *area, const struct model *model, struct view *view);
void view_room(const struct area *area, const struct model *model);
void view_swarms(const struct area *area, const struct model *model);
void view_ports(const struct area *area, const struct model *model);
void view_largest(const struct area *area, const struct model *model);
