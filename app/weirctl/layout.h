// SPDX-License-Identifier: BSD-3-Clause
// Where things stand on a screen of some size. Pure.
//
//   80 columns, 24 rows     160 columns                      less: 40 columns, 10 rows
//
//   title                   title                            title
//   health                  health                           health
//   requests | latency      requests | latency  | largest    requests
//   lcores   | drops        lcores   | drops    | swarms     drops
//   room     | swarms       room     | swarms   |            keys
//   ports                   ports               |
//   largest swarms          keys
//   keys
//
// An open torrent stands where the largest swarms do from 160 columns on, and else in the place of
// all between health and keys.

#pragma once

#include "canvas.h"

enum {
	LAYOUT_ROWS_MIN = 10,
	LAYOUT_COLUMNS_MIN = 40,
	LAYOUT_ROWS_FULL = 24,
	LAYOUT_COLUMNS_FULL = 80,
	LAYOUT_COLUMNS_WIDE = 160,
};

// An area that there is no room for has no rows.
struct layout {
	struct area title, health, requests, latency, lcores, drops, capacity, swarms, ports,
		largest, keys;
	struct area torrent; // over others, where one is open
	bool wide;
};

// Rows that things would like to have: health all of them, others below their titles.
struct layout_demand {
	unsigned health, lcores, drops, ports;
};

// False where the canvas is too small for anything. Areas, but for `torrent`, do not overlap.
bool layout_make(struct layout *layout, struct canvas *canvas, const struct layout_demand *demand);
