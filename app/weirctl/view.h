// SPDX-License-Identifier: BSD-3-Clause
// The live view, drawn on a canvas from a model. Knows neither the terminal nor the socket.

#pragma once

#include "canvas.h"
#include "detail.h"
#include "model.h"

// What the keys have chosen, and what is drawn around the numbers.
struct view {
	bool totals; // since the start, instead of each second
	bool by_load; // order of lcores
	bool paused;
	bool help;
	bool quit;
	unsigned first_lcore; // that is shown; drawing keeps it in range
	unsigned
		first_torrent; // of the list, that is shown; drawing keeps the selected one in sight
	char selected[INFO_HASH_DIGITS + 1]; // torrent of the list; "": by its place
	unsigned selected_index; // its place when it was selected
	struct detail_query open; // torrent that is open, and its first peer; all zeroes: none
	double every_s; // between two snapshots
	double now_s; // monotonic
	const char *path; // of the socket
	const char *clock; // wall time
	// Written by drawing:
	bool list_shown; // there is room for the list
	unsigned page_rows; // peers that there is room for
	unsigned peers_total; // of the torrent that is open
};

// `detail`: the last answer about a torrent; what it says is shown where it is the open one.
void view_draw(
	struct canvas *canvas,
	const struct model *model,
	const struct detail *detail,
	struct view *view
);

// Whether what is shown is not of now: Weir is gone, or does not answer.
bool view_is_old(const struct model *model, const struct view *view);

// What it is made of: the areas of layout.h.
void view_title(const struct area *area, const struct model *model, const struct view *view);
unsigned
view_health_rows(const struct area *all, const struct model *model, const struct view *view);
void view_health(const struct area *area, const struct model *model, const struct view *view);
void view_keys(const struct area *area, const struct view *view);
void view_help(const struct area *area);
void view_offline(const struct area *area, const struct model *model, const struct view *view);
void view_too_small(const struct area *area);
void view_torrent(const struct area *area, const struct detail *detail, struct view *view);

// Those that show numbers, where Weir told them.
typedef void view_panel(const struct area *area, const struct model *model, struct view *view);

view_panel view_requests;
view_panel view_latency;
view_panel view_drops;
view_panel view_lcores;
view_panel view_capacity;
view_panel view_swarms;
view_panel view_ports;
view_panel view_largest;
