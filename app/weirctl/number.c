// SPDX-License-Identifier: BSD-3-Clause

#include "number.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

enum { GROUP_DIGITS = 3, SHORT_MAX = 999999 };

struct number_text
number_count(uint64_t count)
{
	struct number_text number;
	char digits[24];
	size_t length = (size_t)snprintf(digits, sizeof(digits), "%" PRIu64, count), at = 0;

	for (size_t i = 0; i < length; i++) {
		if (i > 0 && (length - i) % GROUP_DIGITS == 0)
			number.text[at++] = ',';
		number.text[at++] = digits[i];
	}
	number.text[at] = '\0';
	return number;
}

// Three significant digits.
static struct number_text
three_digits(double value, const char *unit)
{
	struct number_text number;
	int behind = value < 9.995 ? 2 : value < 99.95 ? 1 : 0;

	snprintf(number.text, sizeof(number.text), "%.*f%s", behind, value, unit);
	return number;
}

// The nearest whole number, within the range of the type.
static uint64_t
whole(double value)
{
	return value >= 0x1p63 ? INT64_MAX : value > 0 ? (uint64_t)(value + 0.5) : 0;
}

struct number_text
number_rate(double per_s)
{
	if (per_s <= 0)
		return (struct number_text){"0"};
	return per_s < 99.95 ? three_digits(per_s, "") : number_count(whole(per_s));
}

// Divides by `step` (1000 or 1024) until the value is smaller, or units run out. A value that rounding to
// `digit` would raise to `step` becomes 1 of the next unit.
static const char *
scale(double *value, double step, double digit, const char *const *units)
{
	while (*value >= step - digit / 2 && units[1] != NULL) {
		*value /= step;
		units++;
	}
	return *units;
}

struct number_text
number_short(double value)
{
	static const char *const units[] = {"", "k", "M", "G", "T", "P", "E", NULL};
	struct number_text number;

	if (value < SHORT_MAX + 0.5)
		return value < 9.95 && value != floor(value) ? three_digits(value, "")
							     : number_count(whole(value));
	const char *unit = scale(&value, 1000, 0.1, units);
	int behind = value < 9.9995 ? 3 : value < 99.995 ? 2 : 1;

	snprintf(number.text, sizeof(number.text), "%.*f%s", behind, value, unit);
	return number;
}

struct number_text
number_percent(double percent)
{
	struct number_text number;

	snprintf(number.text, sizeof(number.text), "%.1f %%", percent);
	return number;
}

struct number_text
number_bytes(uint64_t bytes)
{
	static const char *const units[] = {" B", " KiB", " MiB", " GiB", " TiB", NULL};
	double value = (double)bytes;
	const char *unit = scale(&value, 1024, 1, units);

	if (unit != units[0])
		return three_digits(value, unit);
	struct number_text number = number_count(bytes);

	strcat(number.text, unit);
	return number;
}

struct number_text
number_bits_per_second(double bits_per_s)
{
	static const char *const units[] = {
		" bit/s", " kbit/s", " Mbit/s", " Gbit/s", " Tbit/s", NULL};
	const char *unit = scale(&bits_per_s, 1000, 1, units);
	struct number_text number;

	if (unit != units[0])
		return three_digits(bits_per_s, unit);
	snprintf(number.text, sizeof(number.text), "%.0f%s", bits_per_s, unit);
	return number;
}

static const char *const time_units[] = {" ns", " us", " ms", " s", NULL};

struct number_text
number_nanoseconds(uint64_t ns)
{
	double value = (double)ns;
	const char *unit = scale(&value, 1000, 1, time_units);
	struct number_text number;

	if (unit != time_units[0])
		return three_digits(value, unit);
	snprintf(number.text, sizeof(number.text), "%" PRIu64 "%s", ns, ns == 0 ? "" : unit);
	return number;
}

struct number_text
number_milliseconds(uint64_t ms)
{
	double value = (double)ms;
	const char *unit = scale(&value, 1000, 1, time_units + 2);

	return ms == 0 ? (struct number_text){"0"} : three_digits(value, unit);
}

struct number_text
number_duration(uint64_t seconds)
{
	struct number_text number;
	unsigned s = seconds % 60, m = seconds / 60 % 60, h = seconds / 3600 % 24;
	uint64_t d = seconds / 86400;

	if (d > 0)
		snprintf(
			number.text, sizeof(number.text), "%" PRIu64 " d %u:%02u:%02u", d, h, m, s
		);
	else if (h > 0)
		snprintf(number.text, sizeof(number.text), "%u:%02u:%02u", h, m, s);
	else
		snprintf(number.text, sizeof(number.text), "%u:%02u", m, s);
	return number;
}

struct number_text
number_moment(uint64_t unix_s)
{
	struct number_text number = {"never"};
	time_t seconds = (time_t)unix_s;
	struct tm parts;

	if (unix_s == 0)
		return number;
	if (localtime_r(&seconds, &parts) != NULL
	    && strftime(number.text, sizeof(number.text), "%Y-%m-%d %H:%M:%S", &parts) > 0)
		return number;
	return number_count(unix_s); // not a year of the calendar
}

bool
number_growth(uint64_t before, uint64_t now, double seconds, double *per_s)
{
	if (now < before || seconds <= 0)
		return false;
	*per_s = (double)(now - before) / seconds;
	return true;
}
