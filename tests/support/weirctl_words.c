// SPDX-License-Identifier: BSD-3-Clause

#include "weirctl_words.h"

#include "cmocka_wrap.h"

#include <stdio.h>
#include <string.h>

struct command_line line;
char said[8192];

bool
parse(const char *words)
{
	static char copy[1024], name[] = "weirctl";
	static char *argv[40];
	int argc = 1;
	FILE *errors = fmemopen(said, sizeof(said), "w");

	said[0] = '\0';
	argv[0] = name;
	snprintf(copy, sizeof(copy), "%s", words);
	for (char *word = strtok(copy, " "); word != NULL; word = strtok(NULL, " "))
		argv[argc++] = word;
	argv[argc] = NULL;
	bool ok = command_line_parse(&line, argc, argv, errors);

	fclose(errors);
	assert_true(ok == (said[0] == '\0'));
	return ok;
}

void
assert_wrong(const char *words, const char *mistakes)
{
	assert_false(parse(words));
	assert_string_equal(said, mistakes);
}
