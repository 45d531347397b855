// SPDX-License-Identifier: BSD-3-Clause
// Texts of others on a terminal: what a client calls itself must not move its cursor.

#pragma once

#include <stddef.h>
#include <stdio.h>
#include <wchar.h>

// The next character of `*text`, moved behind it; L'\0' at the end. What cannot be printed in this
// locale, or is not one column wide, comes out as L'?'.
wchar_t text_next(const char **text);

// Writes a text, its characters as text_next tells them.
void text_print(FILE *out, const char *text);

// Columns a text takes.
size_t text_width(const char *text);
