// SPDX-License-Identifier: BSD-3-Clause
// Untrusted text on a terminal: the name of a client program must not send control sequences.

#pragma once

#include <stddef.h>
#include <stdio.h>
#include <wchar.h>

// The next character of `*text`, which is advanced; L'\0' at the end. A character that this locale cannot
// print, or that is not one column wide, becomes L'?'.
wchar_t text_next(const char **text);

// Prints a text, its characters as text_next returns them.
void text_print(FILE *out, const char *text);

// Number of columns of a text.
size_t text_width(const char *text);
