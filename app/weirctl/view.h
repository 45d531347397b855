// SPDX-License-Identifier: BSD-3-Clause
// The live view: draws a model on a canvas. Independent of the terminal and the socket.

#pragma once

#include "canvas.h"
#include "detail.h"
#include "model.h"

// State that keys change, and text around the numbers.
struct view {
	bool totals; // totals since start instead of rates
	bool by_load; // order of lcores: by load instead of by number
	bool paused;
	bool help;
	bool quit;
	unsigned first_lcore; // first lcore shown; drawing keeps it in range
	unsigned
		first_torrent; // first one shown of the list; drawing keeps the selected one visible
	char selected[INFO_HASH_DIGITS + 1]; // selected torrent of the list; "": by index
	unsigned selected_index; // index at the time of selection
	struct detail_query
		open; // the open torrent, and the offset of its first peer; all zeros: none
	double every_s; // between two snapshots
	double now_s; // monotonic
	const char *path; // of the socket
	const char *clock; // wall time
	// Set by drawing:
	bool list_shown; // the list fits on the screen
	unsigned page_rows; // number of peers that fit
	unsigned peers_total; // of the open torrent
};

// `detail`: the last one fetched; it is shown where it is of the open torrent.
void view_draw(
	struct canvas *canvas,
	const struct model *model,
	const struct detail *detail,
	struct view *view
);

// Whether the numbers are stale: Weir is offline or does not reply.
bool view_is_old(const struct model *model, const struct view *view);

// Parts of the view: the areas of layout.h.
void view_title(const struct area *area, const struct model *model, const struct view *view);
unsigned
view_health_rows(const struct area *all, const struct model *model, const struct view *view);
void view_health(const struct area *area, const struct model *model, const struct view *view);
void view_keys(const struct area *area, const struct view *view);
void view_help(const struct area *area);
void view_offline(const struct area *area, const struct model *model, const struct view *view);
void view_too_small(const struct area *area);
void view_torrent(const struct area *area, const struct detail *detail, struct view *view);

// Panels: parts that show numbers.
typedef void view_panel(const struct area *area, const struct model *model, struct view *view);

view_panel view_requests;
view_panel view_latency;
view_panel view_drops;
view_panel view_lcores;
view_panel view_capacity;
view_panel view_swarms;
view_panel view_ports;
view_panel view_largest;
