// SPDX-License-Identifier: BSD-3-Clause
// An off-screen buffer of characters, each with a style. Views draw into it, the terminal shows it, and
// tests read it. Drawing is clipped to the area.

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
	bool blocks; // the terminal has block characters (UTF-8)
	struct canvas_cell *cells; // row by row
};

// A rectangle of a canvas; rows and columns are relative to its corner.
struct area {
	struct canvas *canvas;
	unsigned row, column, rows, columns;
};

// Resizes the canvas and fills it with spaces. Ends the process without memory.
void canvas_clear(struct canvas *canvas, unsigned rows, unsigned columns);
void canvas_free(struct canvas *canvas);

// The area of the whole canvas.
struct area canvas_area(struct canvas *canvas);

// Draws a text that begins at a column, or that ends before a column.
void area_left(
	const struct area *area,
	unsigned row,
	unsigned column,
	enum style style,
	const char *text
);
void
area_right(const struct area *area, unsigned row, unsigned end, enum style style, const char *text);

// Draws a text over several rows from `row` on, wrapped between words where possible. Returns the number
// of rows that the whole text takes, at least one.
unsigned area_wrap(const struct area *area, unsigned row, enum style style, const char *text);

// Sets the style of the whole area.
void area_restyle(const struct area *area, enum style style);

// Draws the first row as a title.
void area_title(const struct area *area, const char *text);

// Draws a bar that is filled to `share` (0 to 1).
void area_bar(
	const struct area *area,
	unsigned row,
	unsigned column,
	unsigned width,
	double share,
	enum style style
);

// Draws values as heights up to `max`, the last one at the right end. Where there are more values than
// columns, a column shows the mean of neighbours.
void area_line(
	const struct area *area,
	unsigned row,
	unsigned column,
	unsigned width,
	const double *values,
	unsigned count,
	double max
);
