// SPDX-License-Identifier: BSD-3-Clause

#include "list_edit.h"

#include "list_file.h"
#include "list_memory.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { LINE_BYTES = LIST_ENTRY_TEXT_MAX + 40 + LIST_COMMENT_MAX };

// A text that is being changed.
struct editing {
	enum list_kind kind;
	enum list_edit edit;
	const struct list_change *change;
	struct list_edited *edited;
	bool *there; // by index of entries: a line has it
	bool *changed; // likewise: another line, or none, has it now
};

static void
append(struct list_edited *edited, const char *bytes, size_t len)
{
	memcpy(edited->text + edited->len, bytes, len);
	edited->len += len;
}

// The line of an added entry, with its line feed. Returns its bytes.
static size_t
print_line(const struct editing *editing, const union list_entry *entry, char line[LINE_BYTES])
{
	const struct list_change *change = editing->change;
	char text[LIST_ENTRY_TEXT_MAX], until[32] = "";
	time_t seconds = change->until_s;
	struct tm date;

	list_kinds[editing->kind].ops->print(entry, text);
	if (change->until_s != 0)
		strftime(
			until, sizeof(until), " until=%Y-%m-%dT%H:%M:%SZ", gmtime_r(&seconds, &date)
		);
	bool comment = change->comment != NULL && *change->comment != '\0';

	return (size_t)snprintf(
		line,
		LINE_BYTES,
		"%s%s%s%s\n",
		text,
		until,
		comment ? " # " : "",
		comment ? change->comment : ""
	);
}

// A line that has one of the entries: stays, is replaced, or goes.
static void
edit_line(struct editing *editing, unsigned index, const char *line, size_t len)
{
	struct list_edited *edited = editing->edited;
	char added[LINE_BYTES];

	if (editing->edit == LIST_REMOVE || editing->there[index]) {
		editing->changed[index] = true;
		editing->there[index] = true;
		return;
	}
	size_t added_len = print_line(editing, &edited->entries[index], added);
	bool same = len == added_len - 1 && memcmp(line, added, len) == 0;

	editing->there[index] = true;
	editing->changed[index] |= !same;
	append(edited, added, added_len);
}

static void
edit_lines(struct editing *editing, const char *text, size_t len, struct list_wrong *wrong)
{
	const struct list_kind_ops *ops = list_kinds[editing->kind].ops;
	struct list_edited *edited = editing->edited;
	size_t at = 0, line_len, kept = 0; // from `kept` on all is copied as it is
	const char *line;
	uint64_t number = 0;

	while (list_next_line(text, len, &at, &line, &line_len)) {
		struct list_line parsed;
		union list_entry entry, *found = NULL;
		enum list_line_result result = ops->parse(line, line_len, &parsed, &entry);

		number++;
		if (result == LIST_LINE_WRONG)
			list_wrong_line(wrong, number, line, line_len, parsed.wanted);
		if (result == LIST_LINE_ENTRY)
			found = list_change_find(
				editing->kind, edited->entries, edited->count, &entry
			);
		if (found == NULL)
			continue;
		append(edited, text + kept, (size_t)(line - text) - kept);
		edit_line(editing, (unsigned)(found - edited->entries), line, line_len);
		kept = at < len ? at : len;
	}
	append(edited, text + kept, len - kept);
}

// Entries that no line has come at the end.
static void
add_rest(struct editing *editing)
{
	struct list_edited *edited = editing->edited;
	char line[LINE_BYTES];

	for (unsigned i = 0; i < edited->count; i++) {
		if (editing->there[i])
			continue;
		if (edited->len > 0 && edited->text[edited->len - 1] != '\n')
			append(edited, "\n", 1);
		append(edited, line, print_line(editing, &edited->entries[i], line));
		editing->changed[i] = true;
	}
}

static bool
run(struct editing *editing,
    const char *text,
    size_t len,
    struct list_wrong *wrong,
    struct error *error)
{
	struct list_edited *edited = editing->edited;

	edit_lines(editing, text, len, wrong);
	if (wrong->count > 0)
		return error_set(
			error,
			NULL,
			"the file has %" PRIu64 " wrong line%s, so nothing is changed: %s",
			wrong->count,
			wrong->count == 1 ? "" : "s",
			wrong->first
		);
	if (editing->edit == LIST_ADD)
		add_rest(editing);
	for (unsigned i = 0; i < edited->count; i++)
		edited->changed += editing->changed[i];
	return true;
}

bool
list_edit_text(
	enum list_kind kind,
	enum list_edit edit,
	const struct list_change *change,
	const char *text,
	size_t len,
	struct list_wrong *wrong,
	struct list_edited *edited,
	struct error *error
)
{
	struct editing editing = {kind, edit, change, edited, NULL, NULL};

	*edited = (struct list_edited){0};
	edited->entries = list_change_entries(kind, change, &edited->count, error);
	if (edited->entries == NULL)
		return false;
	edited->text = list_memory_make(len + 1 + (size_t)edited->count * LINE_BYTES);
	editing.there = calloc(edited->count, sizeof(*editing.there));
	editing.changed = calloc(edited->count, sizeof(*editing.changed));
	bool memory = edited->text != NULL && editing.there != NULL && editing.changed != NULL;
	bool done = memory ? run(&editing, text, len, wrong, error)
			   : error_set(error, NULL, "no memory for the changed file");

	free(editing.there);
	free(editing.changed);
	if (!done)
		list_edited_free(edited);
	return done;
}

void
list_edited_free(struct list_edited *edited)
{
	list_memory_drop(edited->text);
	free(edited->entries);
	*edited = (struct list_edited){0};
}
