// SPDX-License-Identifier: BSD-3-Clause
// What stands around the numbers: title, health, keys; and instead of them: help, why there are
// none.

#include "layout.h"
#include "number.h"
#include "value.h"
#include "view.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { LINE_MAX_BYTES = 512, LATE_S = 3 };

void
view_title(const struct area *area, const struct model *model, const struct view *view)
{
	const json_t *info = model->snapshot.replies[SNAPSHOT_INFO];
	char line[LINE_MAX_BYTES] = "weir";

	if (info != NULL)
		snprintf(
			line,
			sizeof(line),
			"weir %s  %s, UDP port %u  up %s  process %u",
			value_text(info, "version"),
			value_text(info, "driver"),
			(unsigned)value_number(info, "udp_port"),
			number_duration(value_number(info, "uptime_s")).text,
			(unsigned)value_number(info, "pid")
		);
	area_title(area, line);
	snprintf(line, sizeof(line), "%s%s", view->paused ? "PAUSED  " : "", view->clock);
	area_right(area, 0, area->columns, STYLE_TITLE, line);
}

// "link_down, ring_full": names of health's checks that are 1.
static void
list_problems(char *line, size_t size, const json_t *health)
{
	const char *name;
	json_t *value;
	size_t at = (size_t)snprintf(line, size, "problems:");

	json_object_foreach ((json_t *)health, name, value) {
		bool check = strcmp(name, "problems") != 0 && strcmp(name, "uptime_s") != 0;

		if (check && json_integer_value(value) == 1 && at < size)
			at += (size_t)snprintf(line + at, size - at, " %s", name);
	}
}

void
view_health(const struct area *area, const struct model *model, const struct view *view)
{
	const json_t *health = model->snapshot.replies[SNAPSHOT_HEALTH];
	char line[LINE_MAX_BYTES];

	if (view->age_s > view->every_s + LATE_S && !view->paused) {
		snprintf(line, sizeof(line), "no answer for %.0f s", view->age_s);
		area_left(area, 0, 0, STYLE_BAD, line);
	} else if (value_number(health, "problems") > 0) {
		list_problems(line, sizeof(line), health);
		area_left(area, 0, 0, STYLE_BAD, line);
	} else if (health != NULL) {
		area_left(area, 0, 0, STYLE_GOOD, "healthy");
	}
}

static const struct key {
	const char *key, *brief, *help;
} keys[] = {
	{"q", "quit", "quit"},
	{"h", "help", "this page, and back; ? does the same"},
	{"p", "pause", "pause, and go on"},
	{"t", "totals", "requests and drops since the start, and back to those each second"},
	{"s", "sort", "lcores by load, and back to their numbers"},
	{"up", NULL, "lcores that stand above"},
	{"down", "more lcores", "lcores that stand below"},
};

void
view_keys(const struct area *area)
{
	unsigned column = 0;

	for (unsigned k = 0; k < sizeof(keys) / sizeof(*keys); k++) {
		if (keys[k].brief == NULL)
			continue;
		area_left(area, 0, column, STYLE_BOLD, keys[k].key);
		column += (unsigned)strlen(keys[k].key) + 1;
		area_left(area, 0, column, STYLE_DIM, keys[k].brief);
		column += (unsigned)strlen(keys[k].brief) + 3;
	}
}

void
view_help(const struct area *area)
{
	static const char *const text[] = {
		"Requests are all packets of a kind, answered or not; other is what is none",
		"of the three, such as pings. Lines show the last 60 rounds.",
		"Drops are packets given up, by reason; weirctl verdicts explains each.",
		"Latency is from a packet's arrival to its reply's departure, since the start.",
		"Cycles are those of busy turns, for each packet or job of the last round.",
		"Ring: how full the fullest ring is that an lcore takes from.",
		"The largest swarms are asked for every 5 seconds, or less often where that",
		"is much work.",
	};
	unsigned row = 2;

	for (unsigned k = 0; k < sizeof(keys) / sizeof(*keys); k++, row++) {
		area_left(area, row, 2, STYLE_BOLD, keys[k].key);
		area_left(area, row, 8, STYLE_PLAIN, keys[k].help);
	}
	row++;
	for (unsigned t = 0; t < sizeof(text) / sizeof(*text); t++)
		area_left(area, row++, 2, STYLE_PLAIN, text[t]);
}

__attribute__((format(printf, 4, 5))) static void
centre(const struct area *area, unsigned row, enum style style, const char *format, ...)
{
	char line[LINE_MAX_BYTES];
	va_list values;

	va_start(values, format);
	vsnprintf(line, sizeof(line), format, values);
	va_end(values);
	unsigned width = (unsigned)strlen(line);

	area_left(area, row, area->columns > width ? (area->columns - width) / 2 : 0, style, line);
}

void
view_gone(const struct area *area, const struct model *model, const struct view *view)
{
	unsigned row = area->rows / 2 - 1;

	if (model->snapshot.at_s <= 0) {
		centre(area, row, STYLE_PLAIN, "asking %s", view->path);
		return;
	}
	// As many rows as it takes: a path may be longer than a row.
	for (size_t at = 0; at < strlen(model->snapshot.why); at += area->columns)
		centre(area, row++, STYLE_BAD, "%.*s", (int)area->columns, model->snapshot.why + at
		);
	centre(area, row + 1, STYLE_PLAIN, "waiting for it");
}

void
view_too_small(const struct area *area)
{
	centre(area,
	       area->rows / 2,
	       STYLE_BOLD,
	       "weirctl top needs %d columns and %d rows",
	       LAYOUT_COLUMNS_MIN,
	       LAYOUT_ROWS_MIN);
	centre(area,
	       area->rows / 2 + 1,
	       STYLE_PLAIN,
	       "here are %u and %u",
	       area->columns,
	       area->rows);
}
