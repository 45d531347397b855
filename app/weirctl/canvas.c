// SPDX-License-Identifier: BSD-3-Clause

#include "canvas.h"

#include "../common/memory.h"
#include "text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { EIGHTHS = 8 };

// Blocks of 1 to 8 eighths, filled from the left and from below; and their substitutes in ASCII.
static const wchar_t left_blocks[] = L"\u258f\u258e\u258d\u258c\u258b\u258a\u2589\u2588";
static const wchar_t lower_blocks[] = L"\u2581\u2582\u2583\u2584\u2585\u2586\u2587\u2588";
static const wchar_t left_letters[] = L"...-####";
static const wchar_t lower_letters[] = L"_.,:-=+#";

void
canvas_clear(struct canvas *canvas, unsigned rows, unsigned columns)
{
	size_t count = (size_t)rows * columns;

	canvas->cells = memory_grow(canvas->cells, (count + 1) * sizeof(*canvas->cells));
	canvas->rows = rows;
	canvas->columns = columns;
	for (size_t i = 0; i < count; i++)
		canvas->cells[i] = (struct canvas_cell){L' ', STYLE_PLAIN};
}

void
canvas_free(struct canvas *canvas)
{
	free(canvas->cells);
	canvas->cells = NULL;
}

struct area
canvas_area(struct canvas *canvas)
{
	return (struct area){canvas, 0, 0, canvas->rows, canvas->columns};
}

static void
put(const struct area *area, unsigned row, unsigned column, enum style style, wchar_t character)
{
	unsigned y = area->row + row, x = area->column + column;

	if (row >= area->rows || column >= area->columns || y >= area->canvas->rows
	    || x >= area->canvas->columns)
		return;
	area->canvas->cells[(size_t)y * area->canvas->columns + x] =
		(struct canvas_cell){character, style};
}

void
area_left(
	const struct area *area,
	unsigned row,
	unsigned column,
	enum style style,
	const char *text
)
{
	wchar_t character;

	while ((character = text_next(&text)) != L'\0')
		put(area, row, column++, style, character);
}

void
area_right(const struct area *area, unsigned row, unsigned end, enum style style, const char *text)
{
	unsigned width = (unsigned)text_width(text);

	area_left(area, row, end > width ? end - width : 0, style, text);
}

// Number of bytes of `text` that fit into a row, up to a space where there is one.
static size_t
row_bytes(const char *text, unsigned columns)
{
	const char *at = text, *space = NULL;

	for (unsigned column = 0; column < columns && *at != '\0'; column++) {
		space = *at == ' ' ? at : space;
		text_next(&at);
	}
	bool whole = *at == '\0' || *at == ' ';

	return (size_t)((whole || space == NULL ? at : space) - text);
}

unsigned
area_wrap(const struct area *area, unsigned row, enum style style, const char *text)
{
	unsigned rows = 0;
	char line[1024];

	while (rows == 0 || *text != '\0') {
		size_t bytes = area->columns == 0 ? strlen(text) : row_bytes(text, area->columns);

		snprintf(line, sizeof(line), "%.*s", (int)bytes, text);
		area_left(area, row + rows++, 0, style, line);
		text += bytes;
		text += strspn(text, " ");
	}
	return rows;
}

void
area_restyle(const struct area *area, enum style style)
{
	const struct canvas *canvas = area->canvas;

	for (unsigned row = area->row; row < area->row + area->rows; row++)
		for (unsigned column = 0; column < area->columns; column++)
			canvas->cells[(size_t)row * canvas->columns + area->column + column].style =
				style;
}

void
area_title(const struct area *area, const char *text)
{
	for (unsigned column = 0; column < area->columns; column++)
		put(area, 0, column, STYLE_TITLE, L' ');
	area_left(area, 0, 0, STYLE_TITLE, text);
}

static double
between(double value, double max)
{
	return value > max ? max : value > 0 ? value : 0;
}

void
area_bar(
	const struct area *area,
	unsigned row,
	unsigned column,
	unsigned width,
	double share,
	enum style style
)
{
	const wchar_t *blocks = area->canvas->blocks ? left_blocks : left_letters;
	unsigned eighths = (unsigned)(between(share, 1) * width * EIGHTHS + 0.5);

	for (unsigned i = 0; i < width; i++) {
		unsigned here = eighths < EIGHTHS ? eighths : EIGHTHS;

		if (here > 0)
			put(area, row, column + i, style, blocks[here - 1]);
		else
			put(area,
			    row,
			    column + i,
			    STYLE_DIM,
			    area->canvas->blocks ? L'\u00b7' : L'.');
		eighths -= here;
	}
}

static double
mean(const double *values, unsigned from, unsigned to)
{
	double sum = 0;

	for (unsigned i = from; i < to; i++)
		sum += values[i];
	return sum / (to - from);
}

void
area_line(
	const struct area *area,
	unsigned row,
	unsigned column,
	unsigned width,
	const double *values,
	unsigned count,
	double max
)
{
	const wchar_t *blocks = area->canvas->blocks ? lower_blocks : lower_letters;
	unsigned shown = count < width ? count : width;

	for (unsigned i = 0; i < shown; i++) {
		double value = mean(values, i * count / shown, (i + 1) * count / shown);
		double share = max > 0 ? between(value / max, 1) : 0;
		unsigned block = (unsigned)(share * (EIGHTHS - 1) + 0.5);

		put(area,
		    row,
		    column + width - shown + i,
		    value > 0 ? STYLE_BAR : STYLE_DIM,
		    blocks[block]);
	}
}
