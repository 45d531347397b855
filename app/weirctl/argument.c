// SPDX-License-Identifier: BSD-3-Clause

#include "argument.h"

#include "info_hash.h"

#include <ctype.h>
#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char command_choices[] =
#define COMMAND(name, ...) "|" #name
#include "commands.def"
#undef COMMAND
	;

const struct argument arguments[ARGUMENT_COUNT] = {
	[ARGUMENT_HASH] = {"HASH"},
	[ARGUMENT_OFFSET] = {"OFFSET", .min = 0, .max = UINT32_MAX},
	[ARGUMENT_LIMIT] = {"LIMIT", .min = 1, .max = 100000},
	[ARGUMENT_N] = {"N", .min = 1, .max = 100},
	[ARGUMENT_FAMILY] = {"FAMILY", "link|ipv4|ipv6"},
	[ARGUMENT_KIND] = {"KIND", "connect|announce|scrape|other"},
	[ARGUMENT_COMMAND] = {"COMMAND", command_choices + 1},
};

static bool
is_hash(const char *text)
{
	char hash[INFO_HASH_DIGITS + 1];

	return info_hash_parse(text, hash);
}

static bool
is_choice(const char *choices, const char *text)
{
	size_t length = strlen(text);

	for (const char *at = choices; *at != '\0'; at += strspn(at, "|")) {
		size_t choice = strcspn(at, "|");

		if (choice == length && strncmp(at, text, length) == 0)
			return true;
		at += choice;
	}
	return false;
}

// Digits alone.
static bool
is_number(const char *text, unsigned long min, unsigned long max)
{
	char *end;

	if (!isdigit((unsigned char)*text))
		return false;
	errno = 0;
	unsigned long number = strtoul(text, &end, 10);

	return *end == '\0' && errno == 0 && number >= min && number <= max;
}

bool
argument_is_right(const struct argument *argument, const char *text)
{
	if (argument->choices != NULL)
		return is_choice(argument->choices, text);
	return argument->max == 0 ? is_hash(text) : is_number(text, argument->min, argument->max);
}

struct argument_wanted
argument_wanted(const struct argument *argument)
{
	struct argument_wanted wanted;
	const size_t size = sizeof(wanted.text);

	if (argument->choices != NULL)
		snprintf(wanted.text, size, "one of %s", argument->choices);
	else if (argument->max == 0)
		snprintf(wanted.text, size, "%s", INFO_HASH_FORMS);
	else
		snprintf(
			wanted.text,
			size,
			"a whole number from %lu to %lu",
			argument->min,
			argument->max
		);
	return wanted;
}

static const struct argument *
find(const char *word, size_t length)
{
	for (unsigned i = 0; i < ARGUMENT_COUNT; i++)
		if (strlen(arguments[i].word) == length
		    && strncmp(word, arguments[i].word, length) == 0)
			return &arguments[i];
	return NULL;
}

unsigned
argument_list(const char *words, const struct argument *list[ARGUMENTS_MAX], unsigned *needed)
{
	bool optional = false;
	unsigned count = 0;

	*needed = 0;
	while (*words != '\0' && count < ARGUMENTS_MAX) {
		size_t gap = strspn(words, " []");

		optional = optional || memchr(words, '[', gap) != NULL;
		words += gap;
		size_t length = strcspn(words, " []");
		const struct argument *argument = find(words, length);

		if (argument != NULL) {
			list[count++] = argument;
			*needed += optional ? 0 : 1;
		}
		words += length;
	}
	return count;
}

bool
argument_seconds(const char *text, double *seconds)
{
	char *end;

	if (strspn(text, "0123456789.") != strlen(text))
		return false; // neither 1e3 nor 0x10 nor nan
	*seconds = strtod(text, &end);
	return end != text && *end == '\0' && *seconds >= 0.1 && *seconds <= 3600;
}
