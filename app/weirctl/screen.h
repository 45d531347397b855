// SPDX-License-Identifier: BSD-3-Clause
// The terminal, through ncurses: a canvas in, keys out. One thread.

#pragma once

#include "canvas.h"

#include <stddef.h>

enum screen_key { SCREEN_NONE = -1, SCREEN_OTHER = 256, SCREEN_UP, SCREEN_DOWN };

// False, and why, where standard input and output are no terminal that can do this.
bool screen_start(char *why, size_t size);

// The terminal as it was before. Harmless without a start.
void screen_end(void);

// A cleared canvas of the size that the terminal has now.
void screen_canvas(struct canvas *canvas);

void screen_show(const struct canvas *canvas);

// The next key that was pressed: its character or one of the above; SCREEN_NONE: none was.
int screen_key(void);
