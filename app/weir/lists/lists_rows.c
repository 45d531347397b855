// SPDX-License-Identifier: BSD-3-Clause
// What a list has, and what it says about single entries. Lines that are wrong count as none.

#include "list_comment.h"
#include "lists_state.h"

#include <stdlib.h>

static bool
read_file(
	struct weir *weir,
	enum list_kind kind,
	struct list_wanted *wanted,
	struct list_file *file,
	struct error *error
)
{
	const struct list_kind_info *info = &list_kinds[kind];

	lists_read_config(weir, kind, wanted);
	if (*wanted->path == '\0')
		return error_set(
			error, NULL, "%s is not set: name a file there and reload", info->setting
		);
	if (!list_file_read(file, wanted->path, info->secrecy, error))
		return error_set(error, NULL, "%s %s", wanted->path, error->text);
	return true;
}

// --- rows -----------------------------------------------------------------------------------------

static void
show_line(
	enum list_kind kind,
	const struct list_wanted *wanted,
	uint32_t now_s,
	const struct list_line *line,
	const union list_entry *entry,
	list_row_fn *row,
	void *context
)
{
	char text[LIST_ENTRY_TEXT_MAX], comment[LIST_COMMENT_TEXT_MAX];
	const struct list_kind_ops *ops = list_kinds[kind].ops;

	ops->print(entry, text);
	row(context,
	    &(struct list_row){
		    .entry = text,
		    .listed = list_is_in_force(line->until_s, now_s),
		    .allowed = ops->allows(entry, wanted->mode),
		    .until_s = line->until_s,
		    .comment = list_comment_text(line, comment),
	    });
}

bool
lists_rows(
	struct weir *weir,
	enum list_kind kind,
	uint64_t offset,
	unsigned limit,
	list_row_fn *row,
	void *context,
	uint64_t *total,
	struct error *error
)
{
	struct list_wanted wanted;
	struct list_file file;
	size_t at = 0, len;
	const char *text;

	if (!read_file(weir, kind, &wanted, &file, error))
		return false;
	*total = 0;
	while (list_next_line(file.bytes, file.len, &at, &text, &len)) {
		struct list_line line;
		union list_entry entry;

		if (list_kinds[kind].ops->parse(text, len, &line, &entry) != LIST_LINE_ENTRY)
			continue;
		if (*total >= offset && *total - offset < limit)
			show_line(kind, &wanted, lists_now_s(weir), &line, &entry, row, context);
		++*total;
	}
	list_file_free(&file);
	return true;
}

// --- check ----------------------------------------------------------------------------------------

// What is found out about an entry.
struct found {
	struct list_decision decision;
	uint32_t until_s;
	bool commented;
	char comment[LIST_COMMENT_TEXT_MAX];
};

// Asks what lcores ask. Without an object they serve everybody.
static void
decide_all(
	struct weir *weir,
	enum list_kind kind,
	const union list_entry *entries,
	unsigned count,
	struct found *found
)
{
	unsigned place = publisher_enter(&weir->publisher);
	const void *object = lists_object(weir, kind);

	for (unsigned i = 0; i < count; i++) {
		found[i].decision.allowed = true;
		if (object != NULL)
			list_kinds[kind].ops->decide(
				object, &entries[i], lists_now_s(weir), &found[i].decision
			);
	}
	publisher_exit(&weir->publisher, place);
}

// Adds what the file says: of an entry that is there twice, the last one counts.
static void
look_up_all(
	struct weir *weir,
	enum list_kind kind,
	const struct list_file *file,
	const union list_entry *entries,
	unsigned count,
	struct found *found
)
{
	size_t at = 0, len;
	const char *text;

	while (list_next_line(file->bytes, file->len, &at, &text, &len)) {
		struct list_line line;
		union list_entry entry;

		if (list_kinds[kind].ops->parse(text, len, &line, &entry) != LIST_LINE_ENTRY)
			continue;
		const union list_entry *same = list_change_find(kind, entries, count, &entry);

		if (same == NULL)
			continue;
		struct found *about = &found[same - entries];

		about->decision.listed = list_is_in_force(line.until_s, lists_now_s(weir));
		about->until_s = line.until_s;
		about->commented = list_comment_text(&line, about->comment) != NULL;
	}
}

static void
show_all(
	enum list_kind kind,
	const union list_entry *entries,
	unsigned count,
	const struct found *found,
	list_row_fn *row,
	void *context
)
{
	for (unsigned i = 0; i < count; i++) {
		char text[LIST_ENTRY_TEXT_MAX];

		list_kinds[kind].ops->print(&entries[i], text);
		row(context,
		    &(struct list_row){
			    .entry = text,
			    .listed = found[i].decision.listed,
			    .allowed = found[i].decision.allowed,
			    .until_s = found[i].until_s,
			    .comment = found[i].commented ? found[i].comment : NULL,
		    });
	}
}

bool
lists_check(
	struct weir *weir,
	enum list_kind kind,
	const char *const *entries,
	unsigned count,
	list_row_fn *row,
	void *context,
	struct error *error
)
{
	const struct list_change names = {.entries = entries, .count = count};
	struct list_wanted wanted;
	struct list_file file;
	union list_entry *parsed = list_change_entries(kind, &names, &count, error);

	if (parsed == NULL)
		return false;
	struct found *found = calloc(count, sizeof(*found));
	bool done = found != NULL ? read_file(weir, kind, &wanted, &file, error)
				  : error_set(error, NULL, "no memory for the entries");

	if (done) {
		decide_all(weir, kind, parsed, count, found);
		look_up_all(weir, kind, &file, parsed, count, found);
		show_all(kind, parsed, count, found, row, context);
		list_file_free(&file);
	}
	free(found);
	free(parsed);
	return done;
}
