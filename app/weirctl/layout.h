// SPDX-License-Identifier: BSD-3-Clause
// Where things stand on a screen of some size. Pure.
//
//   title
//   health
//   requests | latency
//   lcores   | drops
//   room     | swarms
//   ports      where there is room
//   largest swarms
//   keys

#pragma once

#include "canvas.h"

enum { LAYOUT_ROWS_MIN = 24, LAYOUT_COLUMNS_MIN = 80 };

struct layout {
	struct area title, health, requests, latency, lcores, drops, room, swarms, ports, largest,
		keys;
};

// Rows that things would like to have, below their titles.
struct layout_wishes {
	unsigned lcores, drops, ports;
};

// False where the canvas is too small for it all. Areas do not overlap; `ports` may have no rows.
bool layout_make(struct layout *layout, struct canvas *canvas, const struct layout_wishes *wishes);
