// SPDX-License-Identifier: BSD-3-Clause
// What the kinds of lists have in common, and in what they differ.
//
// The table lists.def names the kinds; each has its operations in list_build_NAME.c: to parse a line, to
// compare and print entries, to build the table that lcores read, and to decide by it.

#pragma once

#include "../../../lib/access/list_line.h"
#include "../../common/plain_file.h"
#include "../config/config.h"

enum list_kind {
#define LIST(KIND, ...) LIST_##KIND,
#include "lists.def"
#undef LIST
	LIST_COUNT,
};

enum {
	LIST_BATCH = INFO_HASHES_BULK,
	LIST_ENTRY_TEXT_MAX = 80, // of an entry as list files have it, with a byte 0
};

union list_entry {
	struct info_hash_entry torrent;
	struct client_prefix client;
	struct network network;
	struct auth_key key;
};

// What comes of a list: a block that lcores can read, and what this room knows about it.
struct list_table {
	void *block; // an owner of list_memory; NULL: none
	uint64_t entries;
	uint32_t next_end_s; // earliest end that needs work (lists_end.h), Unix time; 0: none
	void *kept; // an owner of list_memory, or NULL: entries to build the block again from
	uint64_t kept_count;
};

// A table that is being built.
struct list_build {
	enum access_mode mode;
	uint32_t now_s; // Unix time
	struct list_table table; // what there is so far
	union list_entry batch[LIST_BATCH];
	unsigned waiting; // entries of it
};

// What an lcore decides about an entry, by its object.
struct list_decision {
	bool listed; // only that of torrents and keys says so; else false
	bool allowed;
};

struct list_kind_ops {
	enum list_line_result (*parse
	)(const char *text, size_t len, struct list_line *line, union list_entry *entry);
	// Like memcmp; what else than the identity of an entry differs does not count.
	int (*compare)(const union list_entry *one, const union list_entry *other);
	void (*print)(const union list_entry *entry, char text[LIST_ENTRY_TEXT_MAX]);
	uint32_t *(*until)(union list_entry *entry);
	// The fewest bytes of a line with an entry.
	size_t line_bytes_min;

	// Building: `capacity` entries at most come one by one. False: no memory; then abandon.
	bool (*start)(struct list_build *build, uint64_t capacity);
	void (*add)(struct list_build *build, const union list_entry *entry);
	bool (*finish)(struct list_build *build);

	// Changes a copy of a table: adds entries, or removes them. False: that cannot be, because it is full,
	// there is no memory, or the kind has no such way (NULL); the table is then built from the file.
	bool (*change
	)(const struct list_table *old,
	  const union list_entry *entries,
	  unsigned count,
	  bool remove,
	  struct list_table *changed);
	// By a published object that is not NULL.
	void (*decide
	)(const void *object,
	  const union list_entry *entry,
	  uint32_t now_s,
	  struct list_decision *decision);
	// What an entry means in a list of this mode.
	bool (*allows)(const union list_entry *entry, enum access_mode mode);
};

struct list_kind_info {
	const char *name;
	const char *things;
	enum plain_file_kind secrecy;
	const char *setting;
	const char *allow; // the word for its mode ALLOW
	const struct list_kind_ops *ops;
};

extern const struct list_kind_info list_kinds[LIST_COUNT];

extern const struct list_kind_ops list_access_ops, list_clients_ops, list_sources_ops,
	list_keys_ops;

// The mode of a list by a configuration, and the path of its file.
enum access_mode list_kind_mode(enum list_kind kind, const struct config *config);
const char *list_kind_path(enum list_kind kind, const struct config *config);

// "off", "deny", …
const char *list_kind_mode_name(enum list_kind kind, enum access_mode mode);

void list_table_free(struct list_table *table);

// The key that places entries of a new table: random.
struct siphash_key list_kind_random_key(void);

// Whether an entry with this end is in force.
static inline bool
list_is_in_force(uint32_t until_s, uint32_t now_s)
{
	return until_s == 0 || now_s < until_s;
}
