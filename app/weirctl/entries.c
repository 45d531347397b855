// SPDX-License-Identifier: BSD-3-Clause

#include "entries.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { MISTAKES_MAX = 20 }; // that are told

// Where entries go, and what is wrong with them.
struct collection {
	const struct command_line *line;
	json_t *entries;
	FILE *errors;
	unsigned mistakes;
};

static void
complain(struct collection *to, const char *where, unsigned number, const char *text)
{
	if (++to->mistakes > MISTAKES_MAX)
		return;
	fputs("weirctl: ", to->errors);
	if (number > 0)
		fprintf(to->errors, "%s:%u: ", where, number);
	fprintf(to->errors, "%s: must be " INFO_HASH_FORMS "\n", text);
}

// `where` and `number`: the file and its line; 0: a word of the command line.
static void
add(struct collection *to, const char *where, unsigned number, const char *text)
{
	char hash[INFO_HASH_DIGITS + 1];

	if (to->line->command == &commands[COMMAND_access]) {
		if (!info_hash_parse(text, hash)) {
			complain(to, where, number, text);
			return;
		}
		text = hash;
	}
	if (json_array_append_new(to->entries, json_string(text)) == 0)
		return;
	if (++to->mistakes <= MISTAKES_MAX)
		fprintf(to->errors, "weirctl: %s:%u: is not UTF-8\n", where, number);
}

// Cuts off the comment, and the blanks around what is before it.
static char *
trim(char *text)
{
	text += strspn(text, " \t\r\n");
	for (char *c = text; *c != '\0'; c++)
		if (*c == '#' && (c == text || c[-1] == ' ' || c[-1] == '\t')) {
			*c = '\0';
			break;
		}
	for (size_t len = strlen(text); len > 0 && strchr(" \t\r\n", text[len - 1]) != NULL;)
		text[--len] = '\0';
	return text;
}

static bool
add_file(struct collection *to, const char *path)
{
	bool standard = strcmp(path, "-") == 0;
	FILE *in = standard ? stdin : fopen(path, "re");
	const char *name = standard ? "standard input" : path;
	char *text = NULL;
	size_t size = 0;

	if (in == NULL) {
		fprintf(to->errors, "weirctl: %s: %s\n", path, strerror(errno));
		return false;
	}
	for (unsigned number = 1; getline(&text, &size, in) >= 0; number++) {
		char *entry = trim(text);

		if (*entry != '\0')
			add(to, name, number, entry);
	}
	bool right = !ferror(in);

	if (!right)
		fprintf(to->errors, "weirctl: %s: %s\n", name, strerror(errno));
	free(text);
	if (!standard)
		fclose(in);
	return right;
}

bool
entries_collect(const struct command_line *line, json_t *entries, FILE *errors)
{
	struct collection to = {line, entries, errors, 0};
	bool right = line->file == NULL || add_file(&to, line->file);

	for (unsigned i = 0; i < line->entry_count; i++) {
		if (strcmp(line->entries[i], "-") == 0)
			right &= add_file(&to, "-");
		else
			add(&to, "", 0, line->entries[i]);
	}
	if (to.mistakes > MISTAKES_MAX)
		fprintf(errors, "weirctl: and %u more\n", to.mistakes - MISTAKES_MAX);
	return right && to.mistakes == 0;
}
