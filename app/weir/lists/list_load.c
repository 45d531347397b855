// SPDX-License-Identifier: BSD-3-Clause

#include "list_load.h"

#include "list_file.h"

#include <rte_common.h>

#include <inttypes.h>

enum { LOOK_LINES = 16384 }; // lines between two questions whether to go on

// No more entries than lines, nor than shortest lines fit: a file of line feeds makes no large table.
static uint64_t
entries_max(const char *text, size_t len, size_t line_bytes_min)
{
	uint64_t lines = 1;

	for (size_t i = 0; i < len; i++)
		lines += text[i] == '\n';
	return RTE_MIN(lines, (uint64_t)(len / line_bytes_min + 1));
}

// Parses all lines, and adds their entries to `build` unless that is NULL. False: ended before the last one.
static bool
parse_lines(
	const struct list_load *load,
	const char *text,
	size_t len,
	struct list_build *build,
	struct list_wrong *wrong
)
{
	const struct list_kind_ops *ops = list_kinds[load->kind].ops;
	uint64_t number = 0;
	size_t at = 0, line_len;
	const char *line;

	while (list_next_line(text, len, &at, &line, &line_len)) {
		struct list_line parsed;
		union list_entry entry;
		enum list_line_result result = ops->parse(line, line_len, &parsed, &entry);

		number++;
		if (result == LIST_LINE_WRONG)
			list_wrong_line(wrong, number, line, line_len, parsed.wanted);
		if (result == LIST_LINE_ENTRY && build != NULL)
			ops->add(build, &entry);
		if (number % LOOK_LINES == 0 && load->goes_on != NULL
		    && !load->goes_on(load->context))
			return false;
	}
	return true;
}

static bool
run(const struct list_load *load,
    const char *text,
    size_t len,
    struct list_build *build,
    struct list_wrong *wrong,
    struct error *error)
{
	if (!parse_lines(load, text, len, build, wrong))
		return error_set(error, NULL, "the list is not read to its end: Weir stops");
	if (wrong->count == 0)
		return true;
	if (wrong->count == 1)
		return error_set(error, load->setting, "%s", wrong->first);
	return error_set(
		error,
		load->setting,
		"%s; %" PRIu64 " more line%s wrong",
		wrong->first,
		wrong->count - 1,
		wrong->count == 2 ? " is" : "s are"
	);
}

bool
list_load_text(
	const struct list_load *load,
	const char *text,
	size_t len,
	struct list_table *table,
	struct list_wrong *wrong,
	struct error *error
)
{
	const struct list_kind_ops *ops = list_kinds[load->kind].ops;
	struct list_build build = {.mode = load->mode, .now_s = load->now_s};
	uint64_t capacity = entries_max(text, len, ops->line_bytes_min);
	bool memory = ops->start(&build, capacity);
	bool right = memory && run(load, text, len, &build, wrong, error);

	*table = (struct list_table){0};
	if (right) {
		memory = ops->finish(&build);
		if (memory) {
			*table = build.table;
			return true;
		}
	}
	list_table_free(&build.table);
	if (!memory)
		error_set(
			error,
			load->setting,
			"no memory for a list of %" PRIu64 " %s",
			capacity,
			list_kinds[load->kind].things
		);
	return false;
}

bool
list_load_check(
	const struct list_load *load,
	const char *text,
	size_t len,
	struct list_wrong *wrong,
	struct error *error
)
{
	return run(load, text, len, NULL, wrong, error);
}
