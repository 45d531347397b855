// SPDX-License-Identifier: BSD-3-Clause
// Words of a line of a list file, and what may follow an entry.

#pragma once

#include "list_line.h"

#include <string.h>
#include <strings.h>

// Some bytes of the line.
struct list_word {
	const char *text;
	size_t len;
};

static inline bool
list_is_blank(char c)
{
	return c == ' ' || c == '\t';
}

// Takes the next word off `rest`. Its length is 0 if there is none.
static inline struct list_word
list_word_next(struct list_word *rest)
{
	const char *end = rest->text + rest->len;
	const char *first = rest->text;

	while (first < end && list_is_blank(*first))
		first++;
	const char *last = first;

	while (last < end && !list_is_blank(*last))
		last++;
	*rest = (struct list_word){last, (size_t)(end - last)};
	return (struct list_word){first, (size_t)(last - first)};
}

// Takes a start, in either case of letters, off `word`.
static inline bool
list_word_skip(struct list_word *word, const char *start)
{
	size_t len = strlen(start);

	if (word->len < len || strncasecmp(word->text, start, len) != 0)
		return false;
	word->text += len;
	word->len -= len;
	return true;
}

static inline enum list_line_result
list_line_wrong(struct list_line *line, const char *wanted)
{
	line->wanted = wanted;
	return LIST_LINE_WRONG;
}

// Value of a hexadecimal digit; others have bits above the low four.
extern const uint8_t list_hex_digits[UINT8_MAX + 1];

// Starts a line: LIST_LINE_ENTRY with its first word, or LIST_LINE_EMPTY.
enum list_line_result list_line_start(
	const char *text,
	size_t len,
	struct list_line *line,
	struct list_word *word,
	struct list_word *rest
);

// Parses what follows the entry: LIST_LINE_ENTRY, or LIST_LINE_WRONG. `until_s` is that of the entry.
enum list_line_result
list_line_finish(struct list_word rest, struct list_line *line, uint32_t *until_s);
