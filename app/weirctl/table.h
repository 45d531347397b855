// SPDX-License-Identifier: BSD-3-Clause
// Tables of text: columns as wide as their widest cell, aligned left or right.

#pragma once

#include <stdio.h>

struct table;

enum table_side { TABLE_LEFT, TABLE_RIGHT };

// Ends the process without memory, as all functions here do.
struct table *table_new(void);
void table_free(struct table *table);

// Add all columns first, then the cells row by row.
void table_column(struct table *table, const char *title, enum table_side side);
void table_cell(struct table *table, const char *text);

// Prints the titles, then one line for each row, with two spaces between columns and none at the end of a
// line. Columns whose cells are all empty are left out. Without rows, only the titles are printed.
void table_print(const struct table *table, FILE *out);
