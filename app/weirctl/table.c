// SPDX-License-Identifier: BSD-3-Clause

#include "table.h"

#include "../common/memory.h"
#include "text.h"

#include <stdbool.h>
#include <stdlib.h>
#include <wchar.h>

enum { GAP = 2 };

struct column {
	char *title;
	enum table_side side;
	size_t width; // of its widest cell
	bool used; // not all cells are empty
};

struct table {
	struct column *columns;
	char **cells; // row by row
	size_t column_count, cell_count;
};

struct table *
table_new(void)
{
	struct table *table = memory_grow(NULL, sizeof(*table));

	*table = (struct table){0};
	return table;
}

void
table_free(struct table *table)
{
	for (size_t i = 0; i < table->column_count; i++)
		free(table->columns[i].title);
	for (size_t i = 0; i < table->cell_count; i++)
		free(table->cells[i]);
	free(table->columns);
	free(table->cells);
	free(table);
}

void
table_column(struct table *table, const char *title, enum table_side side)
{
	size_t count = table->column_count + 1;

	table->columns = memory_grow(table->columns, count * sizeof(*table->columns));
	table->columns[table->column_count] =
		(struct column){memory_text(title), side, text_width(title), false};
	table->column_count = count;
}

void
table_cell(struct table *table, const char *text)
{
	struct column *column = &table->columns[table->cell_count % table->column_count];
	size_t count = table->cell_count + 1, width = text_width(text);

	table->cells = memory_grow(table->cells, count * sizeof(*table->cells));
	table->cells[table->cell_count] = memory_text(text);
	table->cell_count = count;
	column->used = column->used || width > 0;
	if (column->width < width)
		column->width = width;
}

// Spaces are written when a text follows, so that no line ends with them.
static void
print_cell(FILE *out, const struct column *column, const char *text, size_t *spaces)
{
	size_t width = text_width(text), padding = column->width - width;

	if (width == 0) {
		*spaces += column->width + GAP;
		return;
	}
	*spaces += column->side == TABLE_RIGHT ? padding : 0;
	fprintf(out, "%*s", (int)*spaces, "");
	text_print(out, text);
	*spaces = GAP + (column->side == TABLE_LEFT ? padding : 0);
}

void
table_print(const struct table *table, FILE *out)
{
	size_t spaces = 0;

	for (size_t i = 0; i < table->column_count; i++)
		if (table->columns[i].used || table->cell_count == 0)
			print_cell(out, &table->columns[i], table->columns[i].title, &spaces);
	for (size_t i = 0; i < table->cell_count; i++) {
		const struct column *column = &table->columns[i % table->column_count];

		if (column == table->columns) {
			fputc('\n', out);
			spaces = 0;
		}
		if (column->used)
			print_cell(out, column, table->cells[i], &spaces);
	}
	fputc('\n', out);
}
