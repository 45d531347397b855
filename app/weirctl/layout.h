// SPDX-License-Identifier: BSD-3-Clause
// Layout of the live view for the size of the screen. Pure.
//
//   80 columns, 24 rows     160 columns                      smallest: 40 columns, 10 rows
//
//   title                   title                            title
//   health                  health                           health
//   requests | latency      requests | latency  | largest    requests
//   lcores   | drops        lcores   | drops    | swarms     drops
//   capacity | swarms       capacity | swarms   |            keys
//   ports                   ports               |
//   largest swarms          keys
//   keys
//
// From 160 columns on, an open torrent takes the place of the largest swarms; on smaller screens, of
// everything between health and keys.

#pragma once

#include "canvas.h"

enum {
	LAYOUT_ROWS_MIN = 10,
	LAYOUT_COLUMNS_MIN = 40,
	LAYOUT_ROWS_FULL = 24,
	LAYOUT_COLUMNS_FULL = 80,
	LAYOUT_COLUMNS_WIDE = 160,
};

// An area that does not fit has no rows.
struct layout {
	struct area title, health, requests, latency, lcores, drops, capacity, swarms, ports,
		largest, keys;
	struct area torrent; // overlaps others, where one is open
	bool wide;
};

// Rows that the contents need: for health all of them, for others those below the title.
struct layout_demand {
	unsigned health, lcores, drops, ports;
};

// False where the canvas is too small. No areas overlap, except `torrent`.
bool layout_make(struct layout *layout, struct canvas *canvas, const struct layout_demand *demand);
