// SPDX-License-Identifier: BSD-3-Clause

#include "action.h"

#include <stdio.h>
#include <string.h>

static const struct {
	const char *command, *one, *many;
} nouns[] = {
	{"address", "address", "addresses"},
	{"access", "torrent", "torrents"},
	{"ban", "network", "networks"},
	{"client", "client program", "client programs"},
	{"key", "key", "keys"},
};

// What follows the command in the name of a row: ".add", ""; NULL: the row is of another command.
static const char *
rest_of(const struct control_command *row, const char *command)
{
	size_t len = strlen(command);

	if (strncmp(row->name, command, len) != 0)
		return NULL;
	return row->name[len] == '.' || row->name[len] == '\0' ? row->name + len : NULL;
}

bool
action_is_control(const char *command)
{
	bool found = false;

	for (unsigned c = 0; c < CONTROL_COUNT; c++)
		found |= c != CONTROL_help && rest_of(&control_commands[c], command) != NULL;
	return found;
}

const struct control_command *
action_find(const char *command, const char *action)
{
	for (unsigned c = 0; c < CONTROL_COUNT; c++) {
		const char *rest = rest_of(&control_commands[c], command);

		if (rest == NULL || c == CONTROL_help)
			continue;
		if (*rest == '\0' || (action != NULL && strcmp(rest + 1, action) == 0))
			return &control_commands[c];
	}
	return NULL;
}

void
action_words(const char *command, char words[ACTION_WORDS_MAX])
{
	*words = '\0';
	for (unsigned c = 0; c < CONTROL_COUNT; c++) {
		const char *rest = rest_of(&control_commands[c], command);
		size_t len = strlen(words);

		if (rest != NULL && *rest == '.')
			snprintf(
				words + len,
				ACTION_WORDS_MAX - len,
				"%s%s",
				len > 0 ? "|" : "",
				rest + 1
			);
	}
}

const char *
action_of(const struct control_command *row)
{
	const char *dot = strchr(row->name, '.');

	return dot == NULL ? row->name : dot + 1;
}

const char *
action_noun(const struct control_command *row, bool plural)
{
	for (unsigned i = 0; i < sizeof(nouns) / sizeof(*nouns); i++)
		if (rest_of(row, nouns[i].command) != NULL)
			return plural ? nouns[i].many : nouns[i].one;
	return plural ? "entries" : "entry";
}
