// SPDX-License-Identifier: BSD-3-Clause
// Readers of the types that any program has.

#include "option.h"

#include <stdlib.h>
#include <string.h>

OPTION_READER(FLAG)
{
	(void)row;
	(void)text;
	(void)wanted;
	(void)size;
	*(bool *)field = true;
	return true;
}

OPTION_READER(CONSTANT)
{
	(void)text;
	(void)wanted;
	(void)size;
	*(uint32_t *)field = (uint32_t)row->min;
	return true;
}

OPTION_READER(HELP)
{
	(void)row;
	if (text != NULL && strcmp(text, "man") != 0) {
		snprintf(wanted, size, "man");
		return false;
	}
	*(enum option_help *)field = text == NULL ? OPTION_HELP_TEXT : OPTION_HELP_MAN;
	return true;
}

OPTION_READER(COUNT)
{
	size_t digits = strspn(text, "0123456789");
	unsigned long long number = strtoull(text, NULL, 10);

	if (digits == 0 || text[digits] != '\0' || (double)number < row->min
	    || (double)number > row->max) {
		snprintf(wanted, size, "a whole number from %.0f to %.0f", row->min, row->max);
		return false;
	}
	*(uint32_t *)field = (uint32_t)number;
	return true;
}

OPTION_READER(REAL)
{
	char *end;
	double number = strtod(text, &end);
	bool plain = strspn(text, "0123456789.") == strlen(text); // neither 1e3 nor 0x10 nor nan

	if (!plain || end == text || *end != '\0' || number < row->min || number > row->max) {
		snprintf(wanted, size, "a number from %g to %g", row->min, row->max);
		return false;
	}
	*(double *)field = number;
	return true;
}

OPTION_READER(DURATION)
{
	static const char units[] = "smhd";
	static const uint32_t seconds[] = {1, 60, 3600, 86400};
	size_t digits = strspn(text, "0123456789");
	const char *unit = text[digits] != '\0' ? strchr(units, text[digits]) : units;
	double number = strtod(text, NULL); // digits alone: exact, or too large

	if (unit != NULL)
		number *= seconds[unit - units];
	if (digits == 0 || unit == NULL || (text[digits] != '\0' && text[digits + 1] != '\0')
	    || number < row->min || number > row->max) {
		snprintf(
			wanted,
			size,
			"%.0f to %.0f seconds, such as 90, 15m, 2h or 30d",
			row->min,
			row->max
		);
		return false;
	}
	*(uint32_t *)field = (uint32_t)number;
	return true;
}

OPTION_READER(CHOICE)
{
	const char *at = row->argument;

	for (uint32_t i = 0; *at != '\0'; i++) {
		size_t length = strcspn(at, "|");

		if (strlen(text) == length && memcmp(text, at, length) == 0) {
			*(uint32_t *)field = i;
			return true;
		}
		at += length;
		at += strspn(at, "|");
	}
	snprintf(wanted, size, "one of %s", row->argument);
	return false;
}

OPTION_READER(PATH)
{
	if (*text == '\0' || (row->max != 0 && (double)strlen(text) > row->max)) {
		snprintf(wanted, size, "a path of at most %.0f bytes", row->max);
		return false;
	}
	*(const char **)field = text;
	return true;
}

OPTION_READER(NAME)
{
	(void)row;
	if (*text == '\0' || strchr(text, '/') != NULL) {
		snprintf(wanted, size, "a name without /");
		return false;
	}
	*(const char **)field = text;
	return true;
}

OPTION_READER(TEXT)
{
	bool right = *text != '\0' && (double)strlen(text) <= row->max;

	for (const char *c = text; *c != '\0'; c++)
		right &= (unsigned char)*c >= ' ' && *c != 0x7f;
	if (!right) {
		snprintf(
			wanted,
			size,
			"a text of at most %.0f bytes without control characters",
			row->max
		);
		return false;
	}
	*(const char **)field = text;
	return true;
}
