// SPDX-License-Identifier: BSD-3-Clause

#include "config_number.h"

#include <ctype.h>
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static int
base_of(const char *digits)
{
	static const char letters[] = "xXbBoOqQ";
	static const int bases[] = {16, 2, 8, 8};
	const char *letter =
		digits[0] == '0' && digits[1] != '\0' ? strchr(letters, digits[1]) : NULL;

	return letter == NULL ? 10 : bases[(letter - letters) / 2];
}

bool
config_number_whole(const char *text, long long *value)
{
	const char *digits = text + strspn(text, "+-");
	int base = base_of(digits);
	char *end;

	if (digits - text > 1 || (base != 10 && digits != text))
		return false;
	digits += base == 10 ? 0 : 2;
	if (!isxdigit((unsigned char)*digits))
		return false;
	errno = 0;
	unsigned long long number = strtoull(digits, &end, base);

	if (end == digits || strcspn(end, "L") > 0 || strlen(end) > 2
	    || strspn(end, "L") != strlen(end))
		return false;
	if (errno == ERANGE || number > INT64_MAX)
		number = INT64_MAX;
	*value = *text == '-' ? -(long long)number : (long long)number;
	return true;
}

bool
config_number_is_real(const char *text)
{
	char *end;

	strtod(text, &end);
	return *end == '\0' && strspn(text, "+-.eE0123456789") == strlen(text);
}

size_t
config_number_length(const char *at)
{
	size_t len = 1;

	while (isalnum((unsigned char)at[len]) || at[len] == '.' || at[len] == '_'
	       || ((at[len] == '+' || at[len] == '-') && (at[len - 1] == 'e' || at[len - 1] == 'E'))
	)
		len++;
	return len;
}
