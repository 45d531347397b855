// SPDX-License-Identifier: BSD-3-Clause
// What keys do to the live view, and what they are called. Pure.

#pragma once

#include "model.h"
#include "view.h"

// Keys that are no character.
enum key_code {
	KEY_CODE_NONE = -1, // nothing was pressed
	KEY_CODE_OTHER = 256, // of no use to us
	KEY_CODE_UP,
	KEY_CODE_DOWN,
	KEY_CODE_PAGE_UP,
	KEY_CODE_PAGE_DOWN,
	KEY_CODE_ENTER,
	KEY_CODE_ESCAPE,
};

// When a key counts.
enum key_place { KEY_PLACE_LIST, KEY_PLACE_TORRENT, KEY_PLACE_BOTH };

struct key {
	const char *name;
	const char *brief; // for the last row of the screen; NULL: it has no place there
	const char *help;
	enum key_place place;
};

enum { KEY_COUNT = 13 };

extern const struct key keys[KEY_COUNT];

// `key`: a character, or one of enum key_code. `model`: what is on the screen.
void keys_handle(struct view *view, const struct model *model, int key);
