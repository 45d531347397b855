// SPDX-License-Identifier: BSD-3-Clause
// One torrent: its swarm, and a page of its peers.

#include "number.h"
#include "reply.h"
#include "text.h"
#include "view.h"

#include <stdio.h>
#include <string.h>

enum {
	NUMBER_START = 12,
	NUMBER_WIDTH = 10,
	PEERS_ROW = 5, // row of their title
	ADDRESS_MIN = 22, // columns of an IPv4 address with a port, and a space
};

static void
draw_swarm(const struct area *area, const json_t *torrent)
{
	static const enum field rows[][3] = {
		{FIELD_torrent_seeders, FIELD_torrent_seeders_ipv4, FIELD_torrent_seeders_ipv6},
		{FIELD_torrent_leechers, FIELD_torrent_leechers_ipv4, FIELD_torrent_leechers_ipv6},
		{FIELD_torrent_completed,
		 FIELD_torrent_completed_ipv4,
		 FIELD_torrent_completed_ipv6},
	};
	static const char *const titles[] = {"both", "IPv4", "IPv6"};

	for (unsigned c = 0; c < 3; c++) {
		unsigned end = NUMBER_START + NUMBER_WIDTH * (c + 1);

		area_right(area, 1, end, STYLE_DIM, titles[c]);
		for (unsigned r = 0; r < 3; r++) {
			area_left(area, r + 2, 0, STYLE_PLAIN, field_infos[rows[r][0]].name);
			area_right(
				area,
				r + 2,
				end,
				STYLE_BOLD,
				number_short((double)reply_field(torrent, rows[r][c])).text
			);
		}
	}
}

static struct number_text
role_of(const json_t *peer)
{
	return reply_field(peer, FIELD_peer_seeder) != 0 ? (struct number_text){"seeder"}
							 : (struct number_text){"leecher"};
}

static struct number_text
age_of(const json_t *peer)
{
	return number_milliseconds(reply_field(peer, FIELD_peer_updated_milliseconds_ago));
}

// "-" without swarm.peer_detail, which has no byte counts.
static struct number_text
bytes_of(const json_t *peer, enum field field)
{
	if (!json_is_integer(reply_field_value(peer, field)))
		return (struct number_text){"-"};
	return number_bytes(reply_field(peer, field));
}

static struct number_text
left_of(const json_t *peer)
{
	return bytes_of(peer, FIELD_peer_left);
}

static struct number_text
downloaded_of(const json_t *peer)
{
	return bytes_of(peer, FIELD_peer_downloaded);
}

static struct number_text
uploaded_of(const json_t *peer)
{
	return bytes_of(peer, FIELD_peer_uploaded);
}

static struct number_text
text_of(const json_t *object, enum field field)
{
	struct number_text text;

	snprintf(text.text, sizeof(text.text), "%s", reply_field_text(object, field));
	return text;
}

static struct number_text
event_of(const json_t *peer)
{
	return text_of(peer, FIELD_peer_event);
}

static struct number_text
client_of(const json_t *peer)
{
	return text_of(reply_field_value(peer, FIELD_peer_peer_id), FIELD_peer_id_client);
}

// From right to left, the most important first: the others are left out where they do not fit.
static const struct column {
	const char *title;
	struct number_text (*write)(const json_t *peer);
	unsigned width; // with the space before it
} columns[] = {
	{"ago", age_of, 9},
	{"role", role_of, 9},
	{"left", left_of, 10},
	{"client", client_of, 24},
	{"downloaded", downloaded_of, 12},
	{"uploaded", uploaded_of, 12},
	{"event", event_of, 11},
};

// Width of the widest address, with a space: a truncated one would read as another address.
static unsigned
address_width(const json_t *list, unsigned shown)
{
	size_t widest = ADDRESS_MIN;

	for (unsigned i = 0; i < shown; i++) {
		size_t width =
			text_width(reply_field_text(json_array_get(list, i), FIELD_peer_peer_addr))
			+ 1;

		widest = width > widest ? width : widest;
	}
	return (unsigned)widest;
}

// Number of columns that fit beside addresses of this width.
static unsigned
column_count(const struct area *area, unsigned width)
{
	unsigned count = 0;

	while (count < sizeof(columns) / sizeof(*columns)
	       && width + columns[count].width <= area->columns)
		width += columns[count++].width;
	return count;
}

static void
draw_peer(const struct area *area, unsigned row, const json_t *peer, unsigned count)
{
	struct area line = {area->canvas, area->row + row, area->column, 1, area->columns};
	unsigned end = area->columns;

	for (unsigned c = 0; c < count; c++) {
		area_right(area, row, end, STYLE_PLAIN, columns[c].write(peer).text);
		end -= columns[c].width;
	}
	line.columns = end;
	area_left(&line, 0, 0, STYLE_PLAIN, reply_field_text(peer, FIELD_peer_peer_addr));
}

static void
draw_peers(const struct area *area, const json_t *peers, struct view *view)
{
	const json_t *list = reply_field_value(peers, FIELD_peers_peers);
	unsigned end = area->columns;
	unsigned here = (unsigned)json_array_size(list);
	unsigned shown = here < view->page_rows ? here : view->page_rows;
	unsigned offset = (unsigned)reply_field(peers, FIELD_peers_offset);
	unsigned count = column_count(area, address_width(list, shown));
	char title[96];

	if (shown > 0)
		snprintf(
			title,
			sizeof(title),
			"peers %u-%u of %u",
			offset + 1,
			offset + shown,
			view->peers_total
		);
	else
		snprintf(title, sizeof(title), "no peers");
	area_title(area, title);
	for (unsigned c = 0; c < count; c++) {
		bool fits = end > strlen(title) + strlen(columns[c].title);

		area_right(area, 0, end, STYLE_TITLE, fits ? columns[c].title : "");
		end -= columns[c].width;
	}
	for (unsigned i = 0; i < shown; i++)
		draw_peer(area, i + 1, json_array_get(list, i), count);
}

void
view_torrent(const struct area *area, const struct detail *detail, struct view *view)
{
	bool same = strcmp(detail->query.hash, view->open.hash) == 0;
	struct area below = *area;
	char title[96];

	snprintf(title, sizeof(title), "torrent %s", view->open.hash);
	area_title(area, title);
	unsigned space = area->rows > PEERS_ROW + 1 ? area->rows - PEERS_ROW - 1 : 1;

	view->page_rows = space < DETAIL_PEERS ? space : DETAIL_PEERS;
	view->peers_total = same ? (unsigned)reply_field(detail->peers, FIELD_peers_total) : 0;
	if (!same || (detail->peers == NULL && *detail->why == '\0')) {
		area_left(area, 1, 0, STYLE_DIM, "loading");
		return;
	}
	if (detail->peers == NULL) {
		area_wrap(area, 1, STYLE_BAD, detail->why);
		return;
	}
	draw_swarm(area, detail->torrent);
	below.row += PEERS_ROW < area->rows ? PEERS_ROW : area->rows;
	below.rows -= PEERS_ROW < area->rows ? PEERS_ROW : area->rows;
	draw_peers(&below, detail->peers, view);
}
