// SPDX-License-Identifier: BSD-3-Clause
// A change of a list's text: entries added or removed; comments and the order of lines stay.
//
// An added entry that is there replaces its line; one that is not comes at the end. A removed entry loses all
// of its lines. A text with a wrong line is not changed. One thread at a time.

#pragma once

#include "list_change.h"
#include "list_wrong.h"

struct list_edited {
	char *text; // an owner of list_memory
	size_t len;
	unsigned changed; // entries that were added, replaced by another line, or removed
	union list_entry *entries; // of the change, as list_change_entries gives them
	unsigned count;
};

// Makes a changed copy of `text`. False: nothing is to be freed.
bool list_edit_text(
	enum list_kind kind,
	enum list_edit edit,
	const struct list_change *change,
	const char *text,
	size_t len,
	struct list_wrong *wrong,
	struct list_edited *edited,
	struct error *error
);
void list_edited_free(struct list_edited *edited);
