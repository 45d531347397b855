// SPDX-License-Identifier: BSD-3-Clause

#include "screen.h"

#include <curses.h>
#include <langinfo.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static SCREEN *screen;
static attr_t looks[STYLE_COUNT];
static bool blocks;

enum { ESCAPE = 27, ESCAPE_DELAY_MS = 50 }; // tells Esc from a key whose bytes begin with it

enum { PAIR_GOOD = 1, PAIR_BAD, PAIR_BAR, PAIR_TITLE };

// https://no-color.org: set and not empty.
static bool
is_unwanted(void)
{
	const char *no_color = getenv("NO_COLOR");

	return no_color != NULL && *no_color != '\0';
}

static void
choose_looks(void)
{
	static const attr_t plain[STYLE_COUNT] = {
		[STYLE_DIM] = A_DIM,
		[STYLE_BOLD] = A_BOLD,
		[STYLE_TITLE] = A_REVERSE,
		[STYLE_BAD] = A_BOLD | A_REVERSE,
		[STYLE_SELECTED] = A_REVERSE,
	};

	memcpy(looks, plain, sizeof(looks));
	if (!has_colors() || is_unwanted())
		return;
	start_color();
	use_default_colors();
	init_pair(PAIR_GOOD, COLOR_GREEN, -1);
	init_pair(PAIR_BAD, COLOR_RED, -1);
	init_pair(PAIR_BAR, COLOR_CYAN, -1);
	init_pair(PAIR_TITLE, COLOR_WHITE, COLOR_BLUE);
	looks[STYLE_GOOD] = (attr_t)COLOR_PAIR(PAIR_GOOD);
	looks[STYLE_BAD] = (attr_t)COLOR_PAIR(PAIR_BAD) | A_BOLD;
	looks[STYLE_BAR] = (attr_t)COLOR_PAIR(PAIR_BAR);
	looks[STYLE_TITLE] = (attr_t)COLOR_PAIR(PAIR_TITLE) | A_BOLD;
}

bool
screen_start(char *why, size_t size)
{
	const char *terminal = getenv("TERM");

	if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO)) {
		snprintf(why, size, "top needs a terminal; elsewhere: weirctl --watch stats");
		return false;
	}
	screen = newterm(NULL, stdout, stdin);
	if (screen == NULL) {
		snprintf(
			why,
			size,
			"top cannot use this terminal (TERM=%s); elsewhere: weirctl --watch stats",
			terminal == NULL ? "" : terminal
		);
		return false;
	}
	blocks = strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
	cbreak();
	noecho();
	nodelay(stdscr, TRUE);
	keypad(stdscr, TRUE);
	set_escdelay(ESCAPE_DELAY_MS);
	curs_set(0);
	choose_looks();
	return true;
}

void
screen_end(void)
{
	if (screen == NULL)
		return;
	endwin();
	delscreen(screen);
	screen = NULL;
}

void
screen_canvas(struct canvas *canvas)
{
	canvas->blocks = blocks;
	canvas_clear(canvas, (unsigned)LINES, (unsigned)COLS);
}

void
screen_show(const struct canvas *canvas)
{
	const struct canvas_cell *cell = canvas->cells;

	for (unsigned row = 0; row < canvas->rows; row++) {
		move((int)row, 0);
		for (unsigned column = 0; column < canvas->columns; column++, cell++) {
			attrset((int)looks[cell->style]);
			addnwstr(&cell->character, 1);
		}
	}
	refresh();
}

int
screen_key(void)
{
	static const int key_codes[][2] = {
		{ERR, KEY_CODE_NONE},
		{KEY_UP, KEY_CODE_UP},
		{KEY_DOWN, KEY_CODE_DOWN},
		{KEY_PPAGE, KEY_CODE_PAGE_UP},
		{KEY_LEFT, KEY_CODE_PAGE_UP},
		{KEY_NPAGE, KEY_CODE_PAGE_DOWN},
		{KEY_RIGHT, KEY_CODE_PAGE_DOWN},
		{KEY_ENTER, KEY_CODE_ENTER},
		{'\n', KEY_CODE_ENTER},
		{'\r', KEY_CODE_ENTER},
		{ESCAPE, KEY_CODE_ESCAPE},
	};
	int key = getch();

	for (unsigned i = 0; i < sizeof(key_codes) / sizeof(*key_codes); i++)
		if (key_codes[i][0] == key)
			return key_codes[i][1];
	return key < KEY_CODE_OTHER ? key : KEY_CODE_OTHER;
}
