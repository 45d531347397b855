// SPDX-License-Identifier: BSD-3-Clause
// Swarms, fill levels of tables and memory, and ports.

#include "number.h"
#include "reply.h"
#include "view.h"

#include <stdio.h>

enum { NUMBER_WIDTH = 10, PORT_NUMBERS_END = 80 };

static uint64_t
sum_of(const json_t *list, enum field field)
{
	uint64_t sum = 0;
	const json_t *element;
	size_t i;

	json_array_foreach ((json_t *)list, i, element)
		sum += reply_field(element, field);
	return sum;
}

// Draws "torrents 1,234 of 5,000 ### 24%".
static void
draw_fill(
	const struct area *area,
	unsigned row,
	const char *name,
	uint64_t used,
	uint64_t capacity,
	struct number_text (*write)(uint64_t)
)
{
	double share = capacity == 0 ? 0 : (double)used / (double)capacity;
	const unsigned used_end = 18, capacity_end = 30, bar_start = 32;
	char percent[16];

	area_left(area, row, 0, STYLE_PLAIN, name);
	area_right(area, row, used_end, STYLE_BOLD, write(used).text);
	area_left(area, row, used_end + 1, STYLE_DIM, "of");
	area_right(area, row, capacity_end, STYLE_PLAIN, write(capacity).text);
	if (area->columns > bar_start + 6)
		area_bar(area, row, bar_start, area->columns - bar_start - 6, share, STYLE_BAR);
	snprintf(percent, sizeof(percent), "%.0f%%", share * 100);
	area_right(area, row, area->columns - 1, share >= 0.9 ? STYLE_BAD : STYLE_BOLD, percent);
}

static struct number_text
write_short(uint64_t number)
{
	return number_short((double)number);
}

void
view_capacity(const struct area *area, const struct model *model, struct view *view)
{
	const json_t *shards = model->snapshot.replies[SNAPSHOT_SHARDS];
	const json_t *memory = model->snapshot.replies[SNAPSHOT_MEMORY];

	(void)view;
	area_title(area, "capacity");
	draw_fill(
		area,
		1,
		"torrents",
		sum_of(shards, FIELD_shard_torrents),
		sum_of(shards, FIELD_shard_torrents_max),
		write_short
	);
	draw_fill(
		area,
		2,
		"peers",
		sum_of(shards, FIELD_shard_peers),
		sum_of(shards, FIELD_shard_peers_max),
		write_short
	);
	draw_fill(
		area,
		3,
		"mbufs",
		reply_field(memory, FIELD_memory_mbufs_in_use),
		reply_field(memory, FIELD_memory_mbufs),
		write_short
	);
	draw_fill(
		area,
		4,
		"memory",
		reply_field(memory, FIELD_memory_heap_used_bytes),
		reply_field(memory, FIELD_memory_heap_bytes),
		number_bytes
	);
}

void
view_swarms(const struct area *area, const struct model *model, struct view *view)
{
	static const struct {
		const char *title;
		enum field ipv4, ipv6; // ipv6 FIELD_NONE: ipv4 is of both
	} rows[] = {
		{"seeders", FIELD_stats_seeders_ipv4, FIELD_stats_seeders_ipv6},
		{"leechers", FIELD_stats_leechers_ipv4, FIELD_stats_leechers_ipv6},
		{"completed", FIELD_stats_completed, FIELD_NONE},
		{"expired", FIELD_stats_peers_expired, FIELD_NONE},
	};
	const json_t *stats = model->snapshot.replies[SNAPSHOT_STATS];
	unsigned ipv4_end = area->columns - NUMBER_WIDTH, ipv6_end = area->columns;

	(void)view;
	area_title(area, "swarms");
	area_right(area, 0, ipv4_end, STYLE_TITLE, "IPv4");
	area_right(area, 0, ipv6_end, STYLE_TITLE, "IPv6");
	for (unsigned r = 0; r < sizeof(rows) / sizeof(*rows); r++) {
		bool both = rows[r].ipv6 == FIELD_NONE;
		uint64_t ipv4 = reply_field(stats, rows[r].ipv4);

		area_left(area, r + 1, 0, STYLE_PLAIN, rows[r].title);
		area_right(
			area, r + 1, both ? ipv6_end : ipv4_end, STYLE_BOLD, write_short(ipv4).text
		);
		if (!both)
			area_right(
				area,
				r + 1,
				ipv6_end,
				STYLE_BOLD,
				write_short(reply_field(stats, rows[r].ipv6)).text
			);
	}
}

// "-" where the driver does not count it.
static struct number_text
number_of(const json_t *port, enum field field)
{
	if (!json_is_integer(reply_field_value(port, field)))
		return (struct number_text){"-"};
	return write_short(reply_field(port, field));
}

void
view_ports(const struct area *area, const struct model *model, struct view *view)
{
	static const enum field fields[] = {
		FIELD_port_rx_missed,
		FIELD_port_rx_no_buffer,
		FIELD_port_rx_errors,
		FIELD_port_tx_errors,
	};
	const json_t *port;
	unsigned end = area->columns < PORT_NUMBERS_END ? area->columns : PORT_NUMBERS_END;
	unsigned start = end - 4 * NUMBER_WIDTH;
	char link[48];
	size_t i;

	(void)view;
	if (area->rows == 0)
		return;
	area_title(area, "ports");
	area_left(area, 0, 20, STYLE_TITLE, "link");
	for (unsigned n = 0; n < 4; n++)
		area_right(
			area,
			0,
			start + NUMBER_WIDTH * (n + 1),
			STYLE_TITLE,
			field_infos[fields[n]].label
		);
	json_array_foreach (model->snapshot.replies[SNAPSHOT_PORTS], i, port) {
		unsigned row = (unsigned)i + 1;
		bool up = reply_field(port, FIELD_port_link_up) != 0;

		snprintf(
			link,
			sizeof(link),
			"%s Mbit/s",
			number_count(reply_field(port, FIELD_port_link_mbps)).text
		);
		area_left(area, row, 0, STYLE_PLAIN, reply_field_text(port, FIELD_port_name));
		area_left(area, row, 20, up ? STYLE_GOOD : STYLE_BAD, up ? link : "down");
		for (unsigned n = 0; n < 4; n++)
			area_right(
				area,
				row,
				start + NUMBER_WIDTH * (n + 1),
				STYLE_BOLD,
				number_of(port, fields[n]).text
			);
	}
}
