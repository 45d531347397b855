// SPDX-License-Identifier: BSD-3-Clause
// What this room knows about each list. Private to it.

#pragma once

#include "list_file.h"
#include "list_load.h"
#include "lists.h"

#include <pthread.h>

// What the configuration says about a list.
struct list_wanted {
	enum access_mode mode;
	char path[PATH_MAX];
};

struct list {
	// Of the thread that holds lists_work.
	enum access_mode mode; // in force
	char path[PATH_MAX]; // of the file that `table` came from; "": none
	struct list_stamp stamp; // of that file
	uint32_t read_s; // Unix time at which that began
	struct list_table table; // in force; empty if the mode is ACCESS_OFF
	uint32_t version; // of the last access_list
	uint64_t ended_ms; // monotonic time of the last work for ends
	// Under lists_info_lock.
	struct list_info info;
};

extern struct list lists[LIST_COUNT];
extern pthread_mutex_t lists_work, lists_info_lock;

void lists_read_config(struct weir *weir, enum list_kind kind, struct list_wanted *wanted);

// Whether Weir neither stops nor gives up its start. Context of list_load: the weir.
bool lists_goes_on(void *weir);

// Unix time by which lcores judge.
uint32_t lists_now_s(const struct weir *weir);

// The published object of a list, for a guest. NULL: it is off.
const void *lists_object(struct weir *weir, enum list_kind kind);

// --- with lists_work ------------------------------------------------------------------------------

// Has lcores use `table` in this mode, and takes it over: false, if the control thread does not run, frees it.
bool lists_publish(
	struct weir *weir,
	enum list_kind kind,
	enum access_mode mode,
	struct list_table *table
);
// The same table once more, as another version.
bool lists_publish_again(struct weir *weir, enum list_kind kind, enum access_mode mode);
// Publishes at once, without the control thread's help: it is the one that starts Weir.
void lists_publish_directly(bool directly);

// Has a list follow the configuration. It reads the file if that or the settings changed, or `again` says so.
// Wrong lines go to `errors`, up to `max`. False: the list before stays.
bool lists_load(
	struct weir *weir,
	enum list_kind kind,
	bool again,
	FILE *errors,
	uint64_t max,
	struct error *error
);

// A table that is in force came from this file.
void lists_note_file(enum list_kind kind, const char *path, const struct list_stamp *stamp);

// What lists_info and the health check tell: a success, or a failure with its reason.
void
lists_tell(struct weir *weir, enum list_kind kind, const struct list_wanted *wanted, uint64_t ms);
void lists_tell_failure(
	struct weir *weir,
	enum list_kind kind,
	const struct list_wanted *wanted,
	const struct error *error
);
