// SPDX-License-Identifier: BSD-3-Clause
// One line of a list file: an entry, optionally `until=DATE`, optionally `# comment`.
//
// DATE is YYYY-MM-DD (its first second, UTC), YYYY-MM-DDTHH:MM:SSZ, or Unix seconds from 1 on, up to 2106,
// where 32 bits end. A comment is the rest of the line, from a word that starts with #. Blank lines and lines
// that start with # are comments. Words are separated by spaces or tabs; a CR before the end of the line
// is ignored. Any bytes may come: nothing is trusted.

#pragma once

#include "auth_keys.h"
#include "client_list.h"
#include "info_hashes.h"
#include "networks.h"

enum list_line_result {
	LIST_LINE_ENTRY,
	LIST_LINE_EMPTY, // blank, or a comment
	LIST_LINE_WRONG, // `wanted` says what it has to be
};

// A parsed line. `wanted` of a wrong one: "must be 40 or 64 hexadecimal digits or a magnet link …".
struct list_line {
	const char *wanted; // a literal
	uint32_t until_s; // 0: none
	const char *comment; // behind the #, without blanks around it, any bytes; NULL: none
	size_t comment_len;
};

// Each parses `len` bytes (no line feed in them) and fills in `line`, and, of LIST_LINE_ENTRY alone, the entry
// with its until_s. Pure: any thread.
//
// An info_hash: 40 hexadecimal digits, 64 of a v2 hash (its first 20 bytes, as clients truncate it for
// trackers), or a magnet link with xt=urn:btih: (40 hexadecimal or 32 base32 digits) or, without one,
// xt=urn:btmh:1220 and 64 digits. The first one of several counts.
enum list_line_result list_line_info_hash(
	const char *text,
	size_t len,
	struct list_line *line,
	struct info_hash_entry *entry
);
// The start of a peer id: 1 to 20 printable ASCII characters other than space, # at its start excluded;
// %XX stands for any byte.
enum list_line_result
list_line_client(const char *text, size_t len, struct list_line *line, struct client_prefix *entry);
// [allow] ADDRESS[/BITS]. Bits behind the prefix must be 0.
enum list_line_result
list_line_network(const char *text, size_t len, struct list_line *line, struct network *entry);
// 32 letters or digits.
enum list_line_result
list_line_key(const char *text, size_t len, struct list_line *line, struct auth_key *entry);

// DATE alone. False: it is none.
bool list_line_date(const char *text, size_t len, uint32_t *seconds);
