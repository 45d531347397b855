// SPDX-License-Identifier: BSD-3-Clause

#include "change_print.h"

#include "number.h"
#include "table.h"
#include "text.h"

#include <string.h>
#include <time.h>

typedef void
print_function(const struct control_command *row, const json_t *reply, size_t asked, FILE *out);

static uint64_t
number_of(const json_t *object, const char *name)
{
	return (uint64_t)json_integer_value(json_object_get(object, name));
}

static const char *
text_of(const json_t *object, const char *name)
{
	const char *text = json_string_value(json_object_get(object, name));

	return text == NULL ? "" : text;
}

// "3 torrents added"
static void
print_changed(
	const struct control_command *row,
	const json_t *reply,
	size_t asked,
	const char *done,
	const char *rest,
	FILE *out
)
{
	uint64_t changed = number_of(reply, "changed");

	fprintf(out, "%s %s %s", number_count(changed).text, action_noun(row, changed != 1), done);
	if (asked > changed)
		fprintf(out, "; %s %s", number_count(asked - changed).text, rest);
	fputc('\n', out);
}

// Of a key that Weir made only the key, for scripts.
static void
print_add(const struct control_command *row, const json_t *reply, size_t asked, FILE *out)
{
	if (json_object_get(reply, "key") != NULL)
		fprintf(out, "%s\n", text_of(reply, "key"));
	else
		print_changed(row, reply, asked, "added", "in the list before", out);
}

static void
print_remove(const struct control_command *row, const json_t *reply, size_t asked, FILE *out)
{
	print_changed(row, reply, asked, "removed", "not in the list", out);
}

static void
print_take(const struct control_command *row, const json_t *reply, size_t asked, FILE *out)
{
	print_changed(row, reply, asked, "taken", "in use before, announced again", out);
}

static void
print_leave(const struct control_command *row, const json_t *reply, size_t asked, FILE *out)
{
	print_changed(row, reply, asked, "left", "left before", out);
}

static void
add_end(struct table *table, const json_t *entry)
{
	uint64_t until_s = number_of(entry, "until");

	table_cell(table, until_s == 0 ? "" : number_moment(until_s).text);
	table_cell(table, text_of(entry, "reason"));
}

static void
print_check(const struct control_command *row, const json_t *reply, size_t asked, FILE *out)
{
	struct table *table = table_new();
	size_t i;
	json_t *entry;

	(void)asked;
	table_column(table, action_noun(row, false), TABLE_LEFT);
	table_column(table, "in the list", TABLE_LEFT);
	table_column(table, "served", TABLE_LEFT);
	table_column(table, "until", TABLE_LEFT);
	table_column(table, "reason", TABLE_LEFT);
	json_array_foreach (json_object_get(reply, "results"), i, entry) {
		table_cell(table, text_of(entry, "entry"));
		table_cell(table, json_is_true(json_object_get(entry, "listed")) ? "yes" : "no");
		table_cell(table, json_is_true(json_object_get(entry, "allowed")) ? "yes" : "no");
		add_end(table, entry);
	}
	table_print(table, out);
	table_free(table);
}

static void
print_list(const struct control_command *row, const json_t *reply, size_t asked, FILE *out)
{
	const json_t *entries = json_object_get(reply, "entries");
	uint64_t total = number_of(reply, "total");
	struct table *table = table_new();
	size_t i;
	json_t *entry;

	(void)asked;
	table_column(table, action_noun(row, false), TABLE_LEFT);
	table_column(table, "until", TABLE_LEFT);
	table_column(table, "reason", TABLE_LEFT);
	json_array_foreach (entries, i, entry) {
		table_cell(table, text_of(entry, "entry"));
		add_end(table, entry);
	}
	table_print(table, out);
	table_free(table);
	fprintf(out,
		"\n%s of %s %s\n",
		number_count(json_array_size(entries)).text,
		number_count(total).text,
		action_noun(row, total != 1));
}

static void
print_rotate(const struct control_command *row, const json_t *reply, size_t asked, FILE *out)
{
	uint64_t from_s = number_of(reply, "from"), now_s = (uint64_t)time(NULL);

	(void)row;
	(void)asked;
	fprintf(out, "a new secret of connection ids takes over at %s", number_moment(from_s).text);
	if (from_s > now_s)
		fprintf(out, ", in %s", number_duration(from_s - now_s).text);
	fputs("; ids under the old one stay good for their time\n", out);
}

// The lines of `reload`, or the number of entries of a list.
static void
print_reload(const struct control_command *row, const json_t *reply, size_t asked, FILE *out)
{
	uint64_t entries = number_of(reply, "entries");
	size_t i;
	json_t *line;

	(void)asked;
	json_array_foreach (json_object_get(reply, "lines"), i, line) {
		text_print(out, json_string_value(line));
		fputc('\n', out);
	}
	if (json_is_integer(json_object_get(reply, "entries")))
		fprintf(out,
			"%s %s in force\n",
			number_count(entries).text,
			action_noun(row, entries != 1));
}

static void
print_snapshot(const struct control_command *row, const json_t *reply, size_t asked, FILE *out)
{
	(void)row;
	(void)asked;
	fprintf(out,
		"a snapshot of %s torrents and %s peers, %s, took %s\n",
		number_count(number_of(reply, "torrents")).text,
		number_count(number_of(reply, "peers")).text,
		number_bytes(number_of(reply, "bytes")).text,
		number_milliseconds(number_of(reply, "ms")).text);
}

static const struct {
	const char *action;
	print_function *print;
} printers[] = {
	{"add", print_add},
	{"remove", print_remove},
	{"check", print_check},
	{"list", print_list},
	{"reload", print_reload},
	{"rotate", print_rotate},
	{"snapshot", print_snapshot},
	{"take", print_take},
	{"leave", print_leave},
};

void
change_print(const struct control_command *row, const json_t *reply, size_t asked, FILE *out)
{
	for (unsigned i = 0; i < sizeof(printers) / sizeof(*printers); i++)
		if (strcmp(printers[i].action, action_of(row)) == 0)
			printers[i].print(row, reply, asked, out);
}

void
change_print_errors(const json_t *reply, FILE *errors)
{
	const char *last = text_of(reply, "error");
	bool told = false;
	size_t i;
	json_t *line;

	json_array_foreach (json_object_get(reply, "errors"), i, line) {
		const char *text = json_string_value(line);

		if (text == NULL)
			continue;
		fputs("weirctl: ", errors);
		text_print(errors, text);
		fputc('\n', errors);
		told |= strcmp(text, last) == 0;
	}
	if (told)
		return;
	fputs("weirctl: ", errors);
	text_print(errors, *last != '\0' ? last : "Weir refuses, without a reason");
	fputc('\n', errors);
}
