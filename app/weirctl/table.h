// SPDX-License-Identifier: BSD-3-Clause
// A table of texts: columns as wide as their widest cell, numbers to the right.

#pragma once

#include <stdio.h>

struct table;

enum table_side { TABLE_LEFT, TABLE_RIGHT };

// Ends the process where there is no memory, as all of these do.
struct table *table_new(void);
void table_free(struct table *table);

// Columns come first, then rows, cell after cell.
void table_column(struct table *table, const char *title, enum table_side side);
void table_cell(struct table *table, const char *text);

// Titles, a line a row, two spaces between columns and none at a line's end. A column whose cells
// are all empty is left out. Without rows there are only the titles.
void table_print(const struct table *table, FILE *out);
