// SPDX-License-Identifier: BSD-3-Clause
// The torrent that is selected in the list of the largest. It is known by its info_hash, because
// torrents change places. Pure.

#pragma once

#include "model.h"
#include "view.h"

// Rows of the list; NULL: there is none.
const json_t *selection_list(const struct model *model);

// The place of the selected one; where it has left the list, of the one that has its place.
unsigned selection_index(const struct model *model, const struct view *view);

// Moves the selection by a number of places, down (negative: up), within the list.
void selection_move(const struct model *model, struct view *view, int places);
