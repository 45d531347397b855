// SPDX-License-Identifier: BSD-3-Clause

#include "text.h"

#include <stdlib.h>

wchar_t
text_next(const char **text)
{
	wchar_t character;
	mbstate_t state = {0};
	size_t bytes = mbrtowc(&character, *text, MB_CUR_MAX, &state);

	if (bytes == 0)
		return L'\0';
	if (bytes > MB_CUR_MAX) { // (size_t)-1, (size_t)-2: invalid in this locale
		(*text)++;
		return L'?';
	}
	*text += bytes;
	return wcwidth(character) == 1 ? character : L'?';
}

void
text_print(FILE *out, const char *text)
{
	wchar_t character;

	while ((character = text_next(&text)) != L'\0')
		fprintf(out, "%lc", (wint_t)character);
}

size_t
text_width(const char *text)
{
	size_t width = 0;

	while (text_next(&text) != L'\0')
		width++;
	return width;
}
