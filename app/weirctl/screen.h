// SPDX-License-Identifier: BSD-3-Clause
// The terminal, through ncurses: a canvas in, keys out. One thread.

#pragma once

#include "canvas.h"
#include "keys.h"

#include <stddef.h>

// False, and why, where standard input and output are no terminal that can do this.
bool screen_start(char *why, size_t size);

// The terminal as it was before. Harmless without a start.
void screen_end(void);

// A cleared canvas of the size that the terminal has now.
void screen_canvas(struct canvas *canvas);

void screen_show(const struct canvas *canvas);

// The next key that was pressed: its character or one of enum key; KEY_NOTHING: none was.
int screen_key(void);
