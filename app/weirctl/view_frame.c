// SPDX-License-Identifier: BSD-3-Clause
// The frame around the numbers: title, health and keys; and what replaces them: help and errors.

#include "keys.h"
#include "layout.h"
#include "number.h"
#include "problems.h"
#include "reply.h"
#include "text.h"
#include "view.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { LINE_MAX_BYTES = 512, TITLE_GAP = 2 };

// Appends a part to the title if it fits before `end`. False where it does not: later parts are then left
// out, too.
__attribute__((format(printf, 4, 5))) static bool
add_part(const struct area *area, unsigned *column, unsigned end, const char *format, ...)
{
	unsigned at = *column == 0 ? 0 : *column + TITLE_GAP;
	char part[LINE_MAX_BYTES];
	va_list values;

	va_start(values, format);
	vsnprintf(part, sizeof(part), format, values);
	va_end(values);
	*column = at + (unsigned)text_width(part);
	if (*column + TITLE_GAP > end)
		return false;
	area_left(area, 0, at, STYLE_TITLE, part);
	return true;
}

void
view_title(const struct area *area, const struct model *model, const struct view *view)
{
	const json_t *info = model->snapshot.replies[SNAPSHOT_INFO];
	char right[LINE_MAX_BYTES];
	unsigned column = 0;

	snprintf(right, sizeof(right), "%s%s", view->paused ? "PAUSED  " : "", view->clock);
	unsigned width = (unsigned)text_width(right);
	unsigned end = area->columns > width ? area->columns - width : 0;

	area_title(area, info == NULL ? "weir" : "");
	area_right(area, 0, area->columns, STYLE_TITLE, right);
	if (info == NULL)
		return;
	bool fits =
		add_part(area, &column, end, "weir %s", reply_field_text(info, FIELD_info_version))
		&& add_part(area, &column, end, "%s", reply_field_text(info, FIELD_info_driver))
		&& add_part(
			area,
			&column,
			end,
			"port %u",
			(unsigned)reply_field(info, FIELD_info_udp_port)
		);

	if (fits
	    && add_part(
		    area,
		    &column,
		    end,
		    "up %s",
		    number_duration(reply_field(info, FIELD_info_uptime_s)).text
	    ))
		add_part(area, &column, end, "pid %u", (unsigned)reply_field(info, FIELD_info_pid));
}

// Writes why the numbers are stale, and their age.
static void
write_old(char *line, size_t size, const struct model *model, const struct view *view)
{
	double age_s = view->now_s - model->snapshot.at_s;
	struct number_text age = number_duration(age_s > 0 ? (uint64_t)age_s : 0);

	if (model->offline)
		snprintf(line, size, "%s; these numbers are %s old", model->why, age.text);
	else
		snprintf(line, size, "no reply for %s; these numbers are that old", age.text);
}

// Writes all problems in one line, where sentences do not fit.
static void
write_briefly(char *line, size_t size, const struct model *model, const struct view *view)
{
	size_t at = (size_t)snprintf(line, size, "problems:");

	for (unsigned i = 0; i < model->problems.count && at < size; i++)
		at += (size_t)snprintf(
			line + at,
			size - at,
			"%s %s",
			i > 0 ? "," : "",
			problem_text(&model->problems.list[i], view->now_s, false).text
		);
}

// Draws one sentence below the other. Returns their number of rows; an area without rows only counts.
static unsigned
draw_sentences(const struct area *area, const struct model *model, const struct view *view)
{
	char line[LINE_MAX_BYTES];
	unsigned row = 0;

	if (view_is_old(model, view)) {
		write_old(line, sizeof(line), model, view);
		row += area_wrap(area, row, STYLE_BAD, line);
	}
	if (!model->problems.reported)
		return row + area_wrap(area, row, STYLE_BAD, "health: no data from this Weir");
	for (unsigned i = 0; i < model->problems.count; i++)
		row += area_wrap(
			area,
			row,
			STYLE_BAD,
			problem_text(&model->problems.list[i], view->now_s, true).text
		);
	return row;
}

unsigned
view_health_rows(const struct area *all, const struct model *model, const struct view *view)
{
	struct area nowhere = *all;

	nowhere.rows = 0;
	return draw_sentences(&nowhere, model, view);
}

void
view_health(const struct area *area, const struct model *model, const struct view *view)
{
	char line[LINE_MAX_BYTES];
	unsigned row = 0;

	if (view_health_rows(area, model, view) <= area->rows) {
		row = draw_sentences(area, model, view);
	} else {
		if (view_is_old(model, view)) {
			write_old(line, sizeof(line), model, view);
			row += area_wrap(area, row, STYLE_BAD, line);
		}
		write_briefly(line, sizeof(line), model, view);
		if (model->problems.count > 0)
			row += area_wrap(area, row, STYLE_BAD, line);
	}
	if (row == 0)
		area_left(area, 0, 0, STYLE_GOOD, "healthy");
}

// Draws "q quit" at a column if it fits. Returns its width, or 0.
static unsigned
draw_key(const struct area *area, unsigned column, const struct key *key)
{
	unsigned name = (unsigned)strlen(key->name),
		 width = name + 1 + (unsigned)strlen(key->brief);

	if (column + width > area->columns)
		return 0;
	area_left(area, 0, column, STYLE_BOLD, key->name);
	area_left(area, 0, column + name + 1, STYLE_DIM, key->brief);
	return width;
}

void
view_keys(const struct area *area, const struct view *view)
{
	enum key_place here = *view->open.hash == '\0' ? KEY_PLACE_LIST : KEY_PLACE_TORRENT;
	unsigned column = 0;

	for (unsigned k = 0; k < KEY_COUNT; k++) {
		bool counts = keys[k].place == here || keys[k].place == KEY_PLACE_BOTH;
		unsigned width =
			counts && keys[k].brief != NULL ? draw_key(area, column, &keys[k]) : 0;

		column += width > 0 ? width + TITLE_GAP : 0;
	}
}

void
view_help(const struct area *area)
{
	static const char *const text[] = {
		"Requests: all packets of a kind, answered or not; other: packets of no such",
		"kind, pings for instance. The lines show the last 60 rounds.",
		"Drops: packets that ended without a reply, by verdict (see weirctl verdicts).",
		"Latency: from receiving a packet to transmitting its reply, since start.",
		"Cycles: per packet or job, in busy turns of the last round.",
		"Ring: fill level of the fullest ring that an lcore takes from.",
		"The largest swarms are updated every 5 seconds, or less often where that",
		"takes long.",
	};
	unsigned row = 1;

	for (unsigned k = 0; k < KEY_COUNT; k++, row++) {
		area_left(area, row, 2, STYLE_BOLD, keys[k].name);
		area_left(area, row, 11, STYLE_PLAIN, keys[k].help);
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
view_offline(const struct area *area, const struct model *model, const struct view *view)
{
	struct area middle = *area;
	char line[LINE_MAX_BYTES];

	middle.row = area->rows / 2 - 1;
	middle.rows = area->rows - middle.row;
	if (!model->polled) {
		snprintf(line, sizeof(line), "connecting to %s", view->path);
		area_wrap(&middle, 0, STYLE_PLAIN, line);
		return;
	}
	unsigned rows = area_wrap(&middle, 0, STYLE_BAD, model->why);

	area_wrap(&middle, rows + 1, STYLE_PLAIN, "waiting for Weir");
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
	       "this terminal has %u and %u",
	       area->columns,
	       area->rows);
}
