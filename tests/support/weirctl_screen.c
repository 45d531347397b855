// SPDX-License-Identifier: BSD-3-Clause

#include "weirctl_screen.h"

#include <locale.h>
#include <string.h>

static struct detail no_detail;

struct canvas screen;
struct detail *screen_detail = &no_detail;

void
snapshot_set_reply(struct snapshot *snapshot, enum snapshot_reply reply, const char *text)
{
	json_decref(snapshot->replies[reply]);
	snapshot->replies[reply] = json_loads(text, 0, NULL);
	assert_non_null(snapshot->replies[reply]);
}

struct snapshot
snapshot_at(double at_s, long pid, const char *ipv4, const char *stats, const char *lcores)
{
	struct snapshot snapshot = {.at_s = at_s, .pid = pid, .answered = true};

	for (unsigned reply = SNAPSHOT_INFO + 1; reply < SNAPSHOT_LARGEST; reply++)
		snapshot_set_reply(&snapshot, reply, "{}");
	snapshot_set_reply(&snapshot, SNAPSHOT_IPV4, ipv4);
	snapshot_set_reply(&snapshot, SNAPSHOT_STATS, stats);
	snapshot_set_reply(&snapshot, SNAPSHOT_LCORES, lcores);
	return snapshot;
}

struct snapshot
first_snapshot(void)
{
	return snapshot_at(
		10,
		7,
		"{\"announce\":100,\"announce_short\":1,\"id_forged\":50,\"ring_full\":10}",
		"{\"rx_packets\":1000,\"rx_bytes\":50000}",
		"[{\"lcore\":1,\"role\":\"io\",\"busy_cycles\":1000,\"packets\":10,"
		"\"busy_percent\":20,\"ring_fill_percent\":5},"
		"{\"lcore\":2,\"role\":\"worker\",\"busy_cycles\":1,\"packets\":1,"
		"\"busy_percent\":90}]"
	);
}

struct snapshot
second_snapshot(long pid)
{
	return snapshot_at(
		12,
		pid,
		"{\"announce\":300,\"announce_short\":3,\"id_forged\":50,\"ring_full\":14}",
		"{\"rx_packets\":1500,\"rx_bytes\":49999}",
		"[{\"lcore\":1,\"role\":\"io\",\"busy_cycles\":41000,\"packets\":110,"
		"\"busy_percent\":30,\"ring_fill_percent\":95},"
		"{\"lcore\":2,\"role\":\"worker\",\"busy_cycles\":1,\"packets\":1,"
		"\"busy_percent\":91}]"
	);
}

struct model
model_of_two_rounds(void)
{
	struct model model = {0};
	struct snapshot snapshot = first_snapshot();

	model_update(&model, &snapshot);
	snapshot = second_snapshot(7);
	snapshot_set_reply(
		&snapshot,
		SNAPSHOT_INFO,
		"{\"version\":\"0.1.0\",\"driver\":\"net_x\",\"udp_port\":6969,\"uptime_s\":3723,"
		"\"pid\":7}"
	);
	snapshot_set_reply(
		&snapshot,
		SNAPSHOT_HEALTH,
		"{\"status\":\"degraded\",\"uptime_s\":1,\"problems\":1,\"link_down\":0,"
		"\"ring_full\":1}"
	);
	snapshot_set_reply(
		&snapshot,
		SNAPSHOT_LATENCY,
		"{\"announce_count\":5,\"announce_p50_ns\":1250,\"announce_p99_ns\":9000,"
		"\"announce_p999_ns\":12300}"
	);
	snapshot_set_reply(
		&snapshot,
		SNAPSHOT_SHARDS,
		"[{\"shard\":0,\"torrents\":5,\"torrents_max\":50,\"peers\":8,\"peers_max\":20},"
		"{\"shard\":1,\"torrents\":6,\"torrents_max\":50,\"peers\":1,\"peers_max\":20}]"
	);
	model_update(&model, &snapshot);
	return model;
}

const char *
screen_row(unsigned row)
{
	static char text[2048];
	size_t at = 0, end = 0;

	for (unsigned column = 0; column < screen.columns; column++) {
		const struct canvas_cell *cell = &screen.cells[row * screen.columns + column];

		at += (size_t)wctomb(text + at, cell->character);
		end = cell->character == L' ' ? end : at;
	}
	text[end] = '\0';
	return text;
}

void
screen_draw(struct model *model, struct view *view, unsigned rows, unsigned columns)
{
	screen.blocks = false;
	canvas_clear(&screen, rows, columns);
	view_draw(&screen, model, screen_detail, view);
}

enum style
screen_style_of(const char *text)
{
	for (unsigned row = 0; row < screen.rows; row++) {
		const char *line = screen_row(row), *at = strstr(line, text);

		if (at != NULL)
			return screen.cells[row * screen.columns + (at - line)].style;
	}
	return STYLE_COUNT;
}

bool
screen_has(const char *text)
{
	for (unsigned row = 0; row < screen.rows; row++)
		if (strstr(screen_row(row), text) != NULL)
			return true;
	return false;
}

void
assert_screen_has(const char *text)
{
	if (screen_has(text))
		return;
	for (unsigned row = 0; row < screen.rows; row++)
		print_message("%s\n", screen_row(row));
	fail_msg("no row has: %s", text);
}

int
screen_setup(void **state)
{
	(void)state;
	setlocale(LC_CTYPE, "C.UTF-8");
	return 0;
}

int
screen_teardown(void **state)
{
	(void)state;
	canvas_free(&screen);
	return 0;
}
