// SPDX-License-Identifier: BSD-3-Clause
// The terminal, by ncurses: shows a canvas, reads keys. One thread.

#pragma once

#include "canvas.h"
#include "keys.h"

#include <stddef.h>

// False, with a sentence in `why`, where standard input and output are no suitable terminal.
bool screen_start(char *why, size_t size);

// Restores the terminal. Does nothing before screen_start.
void screen_end(void);

// Clears the canvas, in the current size of the terminal.
void screen_canvas(struct canvas *canvas);

void screen_show(const struct canvas *canvas);

// The next key: its character or one of enum key_code; KEY_CODE_NONE: none was pressed.
int screen_key(void);
