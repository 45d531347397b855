// SPDX-License-Identifier: BSD-3-Clause
// Ends of entries that lcores cannot follow on their own.
//
// Networks are ranges without times: when one ends, they are made anew. Torrents that were allowed until now
// may be in the store, where nobody asks for them again: when one ends, the list gets a new version, and
// shards look through their torrents. Either at most every LISTS_END_PAUSE_MS.

#pragma once

#include "../weir.h"

enum { LISTS_END_PAUSE_MS = 10000 };

// Does what is due. The loader thread, about once a second.
void lists_end_look(struct weir *weir);
