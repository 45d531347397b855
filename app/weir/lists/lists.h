// SPDX-License-Identifier: BSD-3-Clause
// The lists that an operator keeps in files: torrents, client programs, networks, keys (lists.def).
//
// A list is read at start, on SIGHUP if its file or its settings changed, and when it is asked for
// (lists_reload): in the background, never on the control thread. Then lcores get it as one published object
// (weir.h). A file with a wrong line, or one that cannot be read, changes nothing: the list before it stays
// in force, the log has every wrong line (the first thousand), and the health check list_failing lasts until
// a file is right. `weir --check` names all wrong lines, and a start with one is refused.
//
// Edits write the file at once, whole or not at all (a file beside it, fsync, rename), then publish; what an
// edit does not name keeps its line, its comment and its place. A file that somebody changed by hand since it
// was read is read again by the next edit, which puts that in force, too. Of a list that is off, only the file
// is edited. While Weir replaces a file, no other program should.
//
// Ends (`until=`): torrents, clients and keys end at that second, as lcores compare times. Two things follow
// within ten seconds: networks come out of the ranges that lcores search, and torrents that left a list of
// allowed ones leave the store, because the list gets a new version. Lines of ended entries stay in the file.
//
// Memory: 38 bytes for a torrent, about 8 for a network of IPv4, outside of DPDK's heap and of the sizes that
// `weir --check` adds up. While a list is replaced there are two of it, and the text of its file: of five million
// torrents 600 MB for a moment. An edit has the text twice. A CPU reads 4 M torrents a second.
//
// One lock orders loads and edits. It is held while files are read and written, never by the control thread.

#pragma once

#include "../weir.h"
#include "list_change.h"

#include <limits.h>

struct list_info {
	const char *name; // "access", …
	const char *mode; // in force: "off", "allow", "deny" or "required"
	char path[PATH_MAX]; // of its file, by the settings; "": none
	uint64_t entries; // in force; 0 if it is off
	uint32_t loaded_s; // Unix time of the last load or edit; 0: it is off
	uint64_t load_ms; // duration of that
	bool failing; // the last load failed
	char error[256]; // and why
};

struct list_row {
	const char *entry;
	bool listed; // an entry of its own is in force
	bool allowed; // lists_check: what lcores decide; lists_rows: what the entry means
	uint32_t until_s; // 0: none
	const char *comment; // valid UTF-8 without control characters; NULL: none
};

typedef void list_row_fn(void *context, const struct list_row *row);

// Boot step, when objects can be published and before lcores start.
bool lists_up(struct weir *weir, struct error *error);
void lists_down(struct weir *weir);

// Has the lists follow the configuration in force, in the background. Control thread.
void lists_follow(struct weir *weir);

// What `weir --check` says about the files of lists: every wrong line to `errors`. False: there is one.
bool lists_check_files(const struct config *config, FILE *errors);

// Any thread.
void lists_info(const struct weir *weir, enum list_kind kind, struct list_info *info);

// --- any thread but the control thread and the lcores -------------------------------------------

// Changes the file, then what lcores have; returns when it is in force. *changed: entries that were added,
// got another end or comment, or were removed. False: neither has changed, or, if Weir is starting or
// stopping, only the file has.
bool lists_edit(
	struct weir *weir,
	enum list_kind kind,
	enum list_edit edit,
	const struct list_change *change,
	unsigned *changed,
	struct error *error
);

// Reads the file again and returns when it is in force, with the number of its entries. False: the list before
// stays; `errors` has a line for each wrong line, or for another reason.
bool lists_reload(struct weir *weir, enum list_kind kind, uint64_t *entries, FILE *errors);

// Calls `row` for each entry, each once, in their own order, with what lcores decide about it now and what the
// file says about it.
bool lists_check(
	struct weir *weir,
	enum list_kind kind,
	const char *const *entries,
	unsigned count,
	list_row_fn *row,
	void *context,
	struct error *error
);

// Calls `row` for up to `limit` entries of the file, in its order, from number `offset` on. *total: of all.
// An entry that is there twice is two rows.
bool lists_rows(
	struct weir *weir,
	enum list_kind kind,
	uint64_t offset,
	unsigned limit,
	list_row_fn *row,
	void *context,
	uint64_t *total,
	struct error *error
);
