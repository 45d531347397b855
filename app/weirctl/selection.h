// SPDX-License-Identifier: BSD-3-Clause
// The selected torrent in the list of the largest. It is remembered by its info_hash, because the order of
// the list changes. Pure.

#pragma once

#include "model.h"
#include "view.h"

// The list; NULL: none.
const json_t *selection_list(const struct model *model);

// Index of the selected torrent; where it has left the list, of the one in its place.
unsigned selection_index(const struct model *model, const struct view *view);

// Moves the selection down by `places` (negative: up), within the list.
void selection_move(const struct model *model, struct view *view, int places);
