// SPDX-License-Identifier: BSD-3-Clause

#include "man_text.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

// Whether a text begins with a word of English, not with a name such as num_want or IPv4.
static bool
begins_with_word(const char *text)
{
	size_t letters = strspn(text, "abcdefghijklmnopqrstuvwxyz");

	return strcspn(text, " ,:;") == letters;
}

void
man_print_sentence(const char *help, FILE *out)
{
	bool capital = begins_with_word(help);

	if (*help == '.' || *help == '\'') // not a request of roff
		fputs("\\&", out);
	for (const char *at = help; *at != '\0'; at++) {
		if (*at == '\\')
			fputs("\\e", out);
		else if (*at == '-' && (at == help || at[-1] == ' ' || at[-1] == '-'))
			fputs("\\-", out);
		else
			fputc(capital ? toupper((unsigned char)*at) : *at, out);
		capital = false;
	}
	fputs(".\n", out);
}
