// SPDX-License-Identifier: BSD-3-Clause

#include "list_change.h"

#include "list_wrong.h"

#include <stdlib.h>
#include <string.h>

static bool
is_one_line(const char *comment, struct error *error)
{
	size_t len = strlen(comment);

	if (len > LIST_COMMENT_MAX)
		return error_set(
			error,
			NULL,
			"the reason has %zu bytes; at most %d are allowed",
			len,
			LIST_COMMENT_MAX
		);
	for (const char *byte = comment; *byte != '\0'; byte++)
		if ((unsigned char)*byte < ' ' || *byte == 0x7f)
			return error_set(
				error,
				NULL,
				"the reason must be one line without control characters"
			);
	return true;
}

static bool
parse_entry(
	enum list_kind kind,
	const char *text,
	uint32_t until_s,
	union list_entry *entry,
	struct error *error
)
{
	const struct list_kind_ops *ops = list_kinds[kind].ops;
	struct list_line line = {0};
	enum list_line_result result = LIST_LINE_WRONG;

	if (strpbrk(text, "\r\n") == NULL)
		result = ops->parse(text, strlen(text), &line, entry);
	if (result == LIST_LINE_ENTRY && line.until_s == 0 && line.comment == NULL) {
		*ops->until(entry) = until_s;
		return true;
	}
	struct list_wrong wrong = {
		.path = "entry", .secret = list_kinds[kind].secrecy == PLAIN_FILE_SECRET};

	list_wrong_line(
		&wrong,
		1,
		text,
		strlen(text),
		result == LIST_LINE_WRONG && line.wanted != NULL ? line.wanted
								 : "must be an entry alone"
	);
	return error_set(error, NULL, "%s", wrong.first + strlen("entry:1: "));
}

// qsort_r's comparison.
static int
compare_by_kind(const void *one, const void *other, void *kind)
{
	return list_kinds[*(const enum list_kind *)kind].ops->compare(one, other);
}

union list_entry *
list_change_find(
	enum list_kind kind,
	const union list_entry *entries,
	unsigned count,
	const union list_entry *entry
)
{
	const struct list_kind_ops *ops = list_kinds[kind].ops;
	unsigned from = 0, to = count;

	while (from < to) {
		unsigned middle = from + (to - from) / 2;
		int order = ops->compare(entry, &entries[middle]);

		if (order == 0)
			return (union list_entry *)(uintptr_t)&entries[middle];
		if (order < 0)
			to = middle;
		else
			from = middle + 1;
	}
	return NULL;
}

static unsigned
drop_doubles(enum list_kind kind, union list_entry *entries, unsigned count)
{
	unsigned kept = 0;

	for (unsigned i = 0; i < count; i++)
		if (kept == 0
		    || list_kinds[kind].ops->compare(&entries[kept - 1], &entries[i]) != 0)
			entries[kept++] = entries[i];
	return kept;
}

union list_entry *
list_change_entries(
	enum list_kind kind,
	const struct list_change *change,
	unsigned *count,
	struct error *error
)
{
	if (change->count == 0 || change->count > LIST_CHANGE_ENTRIES_MAX) {
		error_set(
			error,
			NULL,
			"%u entries; there must be 1 to %d",
			change->count,
			LIST_CHANGE_ENTRIES_MAX
		);
		return NULL;
	}
	union list_entry *entries = calloc(change->count, sizeof(*entries));
	bool right = entries != NULL || error_set(error, NULL, "no memory for the entries");

	right = right && (change->comment == NULL || is_one_line(change->comment, error));
	for (unsigned i = 0; i < change->count && right; i++)
		right = parse_entry(kind, change->entries[i], change->until_s, &entries[i], error);
	if (!right) {
		free(entries);
		return NULL;
	}
	qsort_r(entries, change->count, sizeof(*entries), compare_by_kind, &kind);
	*count = drop_doubles(kind, entries, change->count);
	return entries;
}
