// SPDX-License-Identifier: BSD-3-Clause
// Dates of list files, without a time zone, a locale or the clock.

#include "list_line.h"

#include <string.h>

enum {
	EPOCH_YEAR = 1970,
	LAST_YEAR = 2106, // in which 32 bits end
	MINUTE_S = 60,
	HOUR_S = 60 * MINUTE_S,
	DAY_S = 24 * HOUR_S,
	SECONDS_DIGITS = 10, // of the largest number
};

struct date {
	unsigned year, month, day, hour, minute, second;
};

static bool
is_leap(unsigned year)
{
	return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

static unsigned
days_in(unsigned year, unsigned month)
{
	static const uint8_t days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

	return days[month - 1] + (month == 2 && is_leap(year));
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

// Matches the text against a pattern. Y, M, D, h, m and s stand for a digit of their number, other characters
// for themselves.
static bool
read_date(const char *text, size_t len, struct date *date)
{
	static const char pattern[] = "YYYY-MM-DDThh:mm:ssZ";
	unsigned *const fields[] = {
		['Y'] = &date->year,
		['M'] = &date->month,
		['D'] = &date->day,
		['h'] = &date->hour,
		['m'] = &date->minute,
		['s'] = &date->second,
		['z'] = NULL,
	};

	if (len != strlen("YYYY-MM-DD") && len != strlen(pattern))
		return false;
	for (size_t i = 0; i < len; i++) {
		unsigned *field = fields[(unsigned char)pattern[i]];

		if (field == NULL && text[i] != pattern[i])
			return false;
		if (field == NULL)
			continue;
		if (!is_digit(text[i]))
			return false;
		*field = 10 * *field + (unsigned)(text[i] - '0');
	}
	return true;
}

static bool
is_possible(const struct date *date)
{
	return date->year >= EPOCH_YEAR && date->year <= LAST_YEAR && date->month >= 1
		&& date->month <= 12 && date->day >= 1
		&& date->day <= days_in(date->year, date->month) && date->hour < 24
		&& date->minute < 60 && date->second < 60;
}

static uint64_t
date_seconds(const struct date *date)
{
	uint64_t days = date->day - 1;

	for (unsigned year = EPOCH_YEAR; year < date->year; year++)
		days += is_leap(year) ? 366 : 365;
	for (unsigned month = 1; month < date->month; month++)
		days += days_in(date->year, month);
	return days * DAY_S + date->hour * HOUR_S + date->minute * MINUTE_S + date->second;
}

static bool
read_seconds(const char *text, size_t len, uint64_t *seconds)
{
	if (len == 0 || len > SECONDS_DIGITS)
		return false;
	*seconds = 0;
	for (size_t i = 0; i < len; i++) {
		if (!is_digit(text[i]))
			return false;
		*seconds = 10 * *seconds + (unsigned)(text[i] - '0');
	}
	return true;
}

bool
list_line_date(const char *text, size_t len, uint32_t *seconds)
{
	struct date date = {0};
	uint64_t all;

	if (read_date(text, len, &date)) {
		if (!is_possible(&date))
			return false;
		all = date_seconds(&date);
	} else if (!read_seconds(text, len, &all)) {
		return false;
	}
	if (all == 0 || all > UINT32_MAX) // 0 would mean that there is no end
		return false;
	*seconds = (uint32_t)all;
	return true;
}
