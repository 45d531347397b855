// SPDX-License-Identifier: BSD-3-Clause

#include "keys.h"

#include "selection.h"

#include <string.h>

enum { LIST_PAGE = 10 }; // torrents

const struct key keys[KEY_COUNT] = {
	{"q", "quit", "quit", KEY_PLACE_LIST},
	{"Esc", "back", "back to the list, from a torrent; q does the same", KEY_PLACE_TORRENT},
	{"h", "help", "show or hide this help; ? does the same", KEY_PLACE_BOTH},
	{"p", "pause", "pause, or resume", KEY_PLACE_BOTH},
	{"t", "totals", "requests and drops since start, or per second", KEY_PLACE_LIST},
	{"s", "sort", "lcores by load, or by number", KEY_PLACE_LIST},
	{"Up Down", "select", "select one of the largest torrents", KEY_PLACE_LIST},
	{"Enter", "open", "open the selected torrent: its swarm and its peers", KEY_PLACE_LIST},
	{"<>", "lcores", "scroll the lcores up, down", KEY_PLACE_LIST},
	{"PgDn",
	 "next page",
	 "next peers of a torrent; in the list, ten torrents down",
	 KEY_PLACE_TORRENT},
	{"PgUp",
	 "previous",
	 "previous peers of a torrent; in the list, ten torrents up",
	 KEY_PLACE_TORRENT},
	{"Right", NULL, "same as PgDn", KEY_PLACE_TORRENT},
	{"Left", NULL, "same as PgUp", KEY_PLACE_TORRENT},
};

static void
open_selected(struct view *view, const struct model *model)
{
	selection_move(model, view, 0);
	view->open = (struct detail_query){0};
	if (view->list_shown)
		memcpy(view->open.hash, view->selected, sizeof(view->open.hash));
}

// The next page begins after the rows shown of this one; drawing sets `page_rows`.
static void
turn_page(struct view *view, bool forward)
{
	unsigned step = view->page_rows;

	if (forward)
		view->open.offset += view->open.offset + step < view->peers_total ? step : 0;
	else
		view->open.offset -= step < view->open.offset ? step : view->open.offset;
}

static void
handle_in_list(struct view *view, const struct model *model, int key)
{
	switch (key) {
	case 'q':
		view->quit = true;
		break;
	case 't':
		view->totals = !view->totals;
		break;
	case 's':
		view->by_load = !view->by_load;
		view->first_lcore = 0;
		break;
	case '<':
		view->first_lcore -= view->first_lcore > 0 ? 1 : 0;
		break;
	case '>':
		view->first_lcore++; // drawing keeps it in range
		break;
	case KEY_CODE_UP:
	case KEY_CODE_DOWN:
		selection_move(model, view, key == KEY_CODE_UP ? -1 : 1);
		break;
	case KEY_CODE_PAGE_UP:
	case KEY_CODE_PAGE_DOWN:
		selection_move(model, view, key == KEY_CODE_PAGE_UP ? -LIST_PAGE : LIST_PAGE);
		break;
	case KEY_CODE_ENTER:
		open_selected(view, model);
		break;
	default:
		break;
	}
}

static void
handle_in_torrent(struct view *view, int key)
{
	switch (key) {
	case 'q':
	case KEY_CODE_ESCAPE:
		view->open = (struct detail_query){0};
		break;
	case KEY_CODE_PAGE_UP:
	case KEY_CODE_PAGE_DOWN:
		turn_page(view, key == KEY_CODE_PAGE_DOWN);
		break;
	default:
		break;
	}
}

void
keys_handle(struct view *view, const struct model *model, int key)
{
	bool leave_help = view->help && (key == KEY_CODE_ESCAPE || key == 'q');

	if (key == 'h' || key == '?' || leave_help)
		view->help = !view->help;
	else if (key == 'p')
		view->paused = !view->paused;
	else if (view->help)
		return;
	else if (*view->open.hash == '\0')
		handle_in_list(view, model, key);
	else
		handle_in_torrent(view, key);
}
