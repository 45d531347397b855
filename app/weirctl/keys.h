// SPDX-License-Identifier: BSD-3-Clause
// Keys of the live view: their names, help and effects. Pure.

#pragma once

#include "model.h"
#include "view.h"

// Codes of keys that are not characters.
enum key_code {
	KEY_CODE_NONE = -1, // no key was pressed
	KEY_CODE_OTHER = 256, // a key without a function here
	KEY_CODE_UP,
	KEY_CODE_DOWN,
	KEY_CODE_PAGE_UP,
	KEY_CODE_PAGE_DOWN,
	KEY_CODE_ENTER,
	KEY_CODE_ESCAPE,
};

// Where a key has an effect.
enum key_place { KEY_PLACE_LIST, KEY_PLACE_TORRENT, KEY_PLACE_BOTH };

struct key {
	const char *name;
	const char *brief; // for the last row of the screen; NULL: not shown there
	const char *help;
	enum key_place place;
};

enum { KEY_COUNT = 13 };

extern const struct key keys[KEY_COUNT];

// Handles a key: a character, or one of enum key_code. `model`: the one on the screen.
void keys_handle(struct view *view, const struct model *model, int key);
