// SPDX-License-Identifier: BSD-3-Clause

#include "argument.h"

#include "info_hash.h"

#include <string.h>

static const char command_choices[] =
#define COMMAND(name, ...) "|" #name
#include "commands.def"
#undef COMMAND
	;

static OPTION_READER(HASH)
{
	(void)row;
	if (info_hash_parse(text, field))
		return true;
	snprintf(wanted, size, "%s", INFO_HASH_FORMS);
	return false;
}

static OPTION_READER(PROGRAM)
{
	if (option_read_PATH(row, text, field, wanted, size))
		return true;
	snprintf(wanted, size, "the path of an executable file");
	return false;
}

const struct option_row arguments[ARGUMENT_COUNT] = {
	[ARGUMENT_HASH] = {"HASH", option_read_HASH},
	[ARGUMENT_OFFSET] = {"OFFSET", option_read_COUNT, .min = 0, .max = UINT32_MAX},
	[ARGUMENT_LIMIT] = {"LIMIT", option_read_COUNT, .min = 1, .max = 100000},
	[ARGUMENT_N] = {"N", option_read_COUNT, .min = 1, .max = 100},
	[ARGUMENT_FAMILY] = {"FAMILY", option_read_CHOICE, "link|ipv4|ipv6"},
	[ARGUMENT_KIND] = {"KIND", option_read_CHOICE, "connect|announce|scrape|other"},
	[ARGUMENT_COMMAND] = {"COMMAND", option_read_CHOICE, command_choices + 1},
	[ARGUMENT_PROGRAM] = {"PROGRAM", option_read_PROGRAM, .max = 4095},
};

static bool
read_argument(const struct option_row *argument, const char *text, struct argument_wanted *wanted)
{
	union {
		uint32_t number;
		const char *path;
		char hash[INFO_HASH_DIGITS + 1];
	} value;

	return argument->read(argument, text, &value, wanted->text, sizeof(wanted->text));
}

bool
argument_is_right(const struct option_row *argument, const char *text)
{
	struct argument_wanted wanted;

	return read_argument(argument, text, &wanted);
}

struct argument_wanted
argument_wanted(const struct option_row *argument)
{
	struct argument_wanted wanted = {""};

	read_argument(argument, "", &wanted); // never right
	return wanted;
}

static const struct option_row *
find(const char *word, size_t length)
{
	for (unsigned i = 0; i < ARGUMENT_COUNT; i++)
		if (strlen(arguments[i].name) == length
		    && strncmp(word, arguments[i].name, length) == 0)
			return &arguments[i];
	return NULL;
}

unsigned
argument_list(const char *words, const struct option_row *list[ARGUMENTS_MAX], unsigned *needed)
{
	bool optional = false;
	unsigned count = 0;

	*needed = 0;
	while (*words != '\0' && count < ARGUMENTS_MAX) {
		size_t gap = strspn(words, " []");

		optional = optional || memchr(words, '[', gap) != NULL;
		words += gap;
		size_t length = strcspn(words, " []");
		const struct option_row *argument = find(words, length);

		if (argument != NULL) {
			list[count++] = argument;
			*needed += optional ? 0 : 1;
		}
		words += length;
	}
	return count;
}
