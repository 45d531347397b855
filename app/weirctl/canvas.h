// SPDX-License-Identifier: BSD-3-Clause
// A screen before it is one: characters with a style each. Views draw here, the terminal shows it,
// and tests read it. What is drawn outside of an area is cut off.

#pragma once

#include <stdbool.h>
#include <wchar.h>

enum style {
	STYLE_PLAIN,
	STYLE_DIM,
	STYLE_BOLD,
	STYLE_TITLE,
	STYLE_GOOD,
	STYLE_BAD,
	STYLE_BAR,
	STYLE_SELECTED,
	STYLE_COUNT,
};

struct canvas_cell {
	wchar_t character;
	enum style style;
};

struct canvas {
	unsigned rows, columns;
	bool blocks; // the terminal has block characters: UTF-8
	struct canvas_cell *cells; // row after row
};

// Part of a canvas; rows and columns of what is drawn count from its corner.
struct area {
	struct canvas *canvas;
	unsigned row, column, rows, columns;
};

// All spaces. Ends the process where there is no memory.
void canvas_clear(struct canvas *canvas, unsigned rows, unsigned columns);
void canvas_free(struct canvas *canvas);

// The whole of it.
struct area canvas_area(struct canvas *canvas);

// From a column on; and with its last character in front of a column.
void area_left(
	const struct area *area,
	unsigned row,
	unsigned column,
	enum style style,
	const char *text
);
void
area_right(const struct area *area, unsigned row, unsigned end, enum style style, const char *text);

// Over several rows, from `row` on, between words where that is possible, until the area ends.
// Returns how many rows it took, or would take: at least one.
unsigned area_wrap(const struct area *area, unsigned row, enum style style, const char *text);

// All that stands there, in one style.
void area_restyle(const struct area *area, enum style style);

// The first row in the style of titles, with a text.
void area_title(const struct area *area, const char *text);

// A bar whose part `share` (0 to 1) is filled.
void area_bar(
	const struct area *area,
	unsigned row,
	unsigned column,
	unsigned width,
	double share,
	enum style style
);

// Values as heights, the largest being `max`, the last at the right end; where there are more than
// columns, means of neighbours.
void area_line(
	const struct area *area,
	unsigned row,
	unsigned column,
	unsigned width,
	const double *values,
	unsigned count,
	double max
);
