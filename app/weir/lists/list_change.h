// SPDX-License-Identifier: BSD-3-Clause
// Entries that are to be added to a list or removed from it, as an operator names them.

#pragma once

#include "list_kind.h"

enum list_edit { LIST_ADD, LIST_REMOVE };

enum { LIST_CHANGE_ENTRIES_MAX = 10000, LIST_COMMENT_MAX = 500 };

struct list_change {
	const char *const *entries; // as lines of the file have them, without until= and comment
	unsigned count; // 1 to LIST_CHANGE_ENTRIES_MAX
	uint32_t until_s; // Unix time; 0: they stay
	const char *comment; // NULL or "": none; one line of at most LIST_COMMENT_MAX bytes
};

// Parses the entries of a change, with its end: a new array, sorted, each once, the caller's to free. NULL: an
// entry is wrong, or the comment is.
union list_entry *list_change_entries(
	enum list_kind kind,
	const struct list_change *change,
	unsigned *count,
	struct error *error
);

// Finds an entry in such an array. NULL: it is not there.
union list_entry *list_change_find(
	enum list_kind kind,
	const union list_entry *entries,
	unsigned count,
	const union list_entry *entry
);
