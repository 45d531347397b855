// SPDX-License-Identifier: BSD-3-Clause
// Replies that are lists: one row for each object.

#include "number.h"
#include "reply.h"
#include "show.h"
#include "text.h"

#include <inttypes.h>
#include <string.h>

#define COUNT_OF(array) (sizeof(array) / sizeof(*(array)))

void
show_lcores(const struct show_input *input, FILE *out)
{
	static const enum field columns[] = {
		FIELD_lcore_cpu,
		FIELD_lcore_role,
		FIELD_lcore_busy_percent,
		FIELD_lcore_wait_percent,
		FIELD_lcore_idle,
		FIELD_lcore_cycles_per_packet,
		FIELD_lcore_packets,
		FIELD_lcore_turns,
		FIELD_lcore_turns_empty,
		FIELD_lcore_ring_waiting,
		FIELD_lcore_ring_room,
		FIELD_lcore_ring_fill_percent,
	};
	static const struct show_list list = {FIELD_NONE, OBJECT_lcore, columns, COUNT_OF(columns)};

	show_list(input, &list, out);
}

void
show_shards(const struct show_input *input, FILE *out)
{
	static const enum field columns[] = {
		FIELD_shard_lcore,
		FIELD_shard_torrents,
		FIELD_shard_torrents_max,
		FIELD_shard_peers,
		FIELD_shard_peers_max,
		FIELD_shard_seeders_ipv4,
		FIELD_shard_leechers_ipv4,
		FIELD_shard_seeders_ipv6,
		FIELD_shard_leechers_ipv6,
		FIELD_shard_completed,
		FIELD_shard_peers_expired,
		FIELD_shard_torrents_expired,
		FIELD_shard_lines,
		FIELD_shard_lines_max,
		FIELD_shard_records,
		FIELD_shard_records_max,
	};
	static const struct show_list list = {FIELD_NONE, OBJECT_shard, columns, COUNT_OF(columns)};

	show_list(input, &list, out);
}

void
show_lists(const struct show_input *input, FILE *out)
{
	static const enum field columns[] = {
		FIELD_list_name,
		FIELD_list_mode,
		FIELD_list_entries,
		FIELD_list_loaded_s,
		FIELD_list_load_ms,
		FIELD_list_failing,
		FIELD_list_file,
		FIELD_list_error,
	};
	static const struct show_list list = {FIELD_NONE, OBJECT_list, columns, COUNT_OF(columns)};

	show_list(input, &list, out);
}

// One table for each port: there are many numbers and few ports.
void
show_ports(const struct show_input *input, FILE *out)
{
	const json_t *port;
	size_t i;

	json_array_foreach ((json_t *)input->now, i, port) {
		const json_t *before = json_array_get(input->before, i);
		struct show_input one = {port, before, input->seconds, input->all, NULL, 0};

		fputs(i > 0 ? "\n" : "", out);
		show_object(&one, OBJECT_port, out);
	}
}

// The fields of a page of a list, and what it lists.
struct page_fields {
	enum field total, offset, count;
	const char *what;
};

// Prints "100 of 12,345 torrents from 0 on; go on with: weirctl torrents 100". `name`: the command with
// its arguments before the offset.
static void
print_way_on(const json_t *page, const struct page_fields *fields, const char *name, FILE *out)
{
	uint64_t total = reply_field(page, fields->total);
	uint64_t offset = reply_field(page, fields->offset);
	uint64_t count = reply_field(page, fields->count);

	fprintf(out, "\n%s", number_count(count).text);
	fprintf(out, " of %s %s", number_count(total).text, fields->what);
	fprintf(out, " from %s on", number_count(offset).text);
	if (count > 0 && offset + count < total) {
		fputs("; go on with: weirctl ", out);
		text_print(out, name);
		fprintf(out, " %" PRIu64, offset + count);
	}
	fputc('\n', out);
}

void
show_torrents(const struct show_input *input, FILE *out)
{
	static const enum field columns[] = {
		FIELD_torrents_row_info_hash,
		FIELD_torrents_row_seeders,
		FIELD_torrents_row_leechers,
		FIELD_torrents_row_completed,
	};
	static const struct show_list list = {
		FIELD_torrents_torrents, OBJECT_torrents_row, columns, COUNT_OF(columns)};

	static const struct page_fields page = {
		FIELD_torrents_total, FIELD_torrents_offset, FIELD_torrents_count, "torrents"};

	show_list(input, &list, out);
	print_way_on(input->now, &page, "torrents", out);
}

void
show_largest(const struct show_input *input, FILE *out)
{
	static const enum field columns[] = {
		FIELD_top_row_info_hash,
		FIELD_top_row_seeders,
		FIELD_top_row_leechers,
		FIELD_top_row_completed,
		FIELD_top_row_peers,
	};
	static const struct show_list list = {
		FIELD_top_torrents, OBJECT_top_row, columns, COUNT_OF(columns)};

	show_list(input, &list, out);
}

static void
show_peer_list(const struct show_input *input, enum field list, FILE *out)
{
	static const enum field columns[] = {
		FIELD_peer_peer_addr,
		FIELD_peer_seeder,
		FIELD_peer_id_client,
		FIELD_peer_downloaded,
		FIELD_peer_left,
		FIELD_peer_uploaded,
		FIELD_peer_event,
		FIELD_peer_updated_milliseconds_ago,
		FIELD_peer_id_id,
	};
	const struct show_list peers = {list, OBJECT_peer, columns, COUNT_OF(columns)};

	show_list(input, &peers, out);
}

void
show_peers(const struct show_input *input, FILE *out)
{
	static const struct page_fields page = {
		FIELD_peers_total, FIELD_peers_offset, FIELD_peers_count, "peers"};
	char name[64];

	snprintf(
		name, sizeof(name), "peers %s", reply_field_text(input->now, FIELD_peers_info_hash)
	);
	show_peer_list(input, FIELD_peers_peers, out);
	print_way_on(input->now, &page, name, out);
}

// Prints counts of both address families together and of each.
static void
print_swarm(const json_t *torrent, FILE *out)
{
	static const enum field rows[][3] = {
		{FIELD_torrent_seeders, FIELD_torrent_seeders_ipv4, FIELD_torrent_seeders_ipv6},
		{FIELD_torrent_leechers, FIELD_torrent_leechers_ipv4, FIELD_torrent_leechers_ipv6},
		{FIELD_torrent_completed,
		 FIELD_torrent_completed_ipv4,
		 FIELD_torrent_completed_ipv6},
	};
	struct table *table = table_new();

	table_column(table, "swarm", TABLE_LEFT);
	table_column(table, "both", TABLE_RIGHT);
	table_column(table, "IPv4", TABLE_RIGHT);
	table_column(table, "IPv6", TABLE_RIGHT);
	for (unsigned r = 0; r < COUNT_OF(rows); r++) {
		table_cell(table, field_infos[rows[r][0]].name);
		for (unsigned c = 0; c < COUNT_OF(rows[r]); c++)
			table_cell(table, number_count(reply_field(torrent, rows[r][c])).text);
	}
	table_print(table, out);
	table_free(table);
}

void
show_torrent(const struct show_input *input, FILE *out)
{
	uint64_t peers = reply_field(input->now, FIELD_torrent_seeders)
		+ reply_field(input->now, FIELD_torrent_leechers);
	size_t shown = json_array_size(reply_field_value(input->now, FIELD_torrent_peers));
	const char *hash = reply_field_text(input->now, FIELD_torrent_info_hash);

	fputs("info_hash: ", out);
	text_print(out, hash);
	fputs("\n\n", out);
	print_swarm(input->now, out);
	fputc('\n', out);
	show_peer_list(input, FIELD_torrent_peers, out);
	if (shown < peers)
		fprintf(out,
			"\n%zu of %s peers; more with: weirctl peers %.*s %zu\n",
			shown,
			number_count(peers).text,
			(int)strspn(hash, "0123456789abcdef"),
			hash,
			shown);
}

void
show_clients(const struct show_input *input, FILE *out)
{
	static const enum field columns[] = {
		FIELD_client_client,
		FIELD_client_peers,
	};
	static const struct show_list list = {
		FIELD_clients_clients, OBJECT_client, columns, COUNT_OF(columns)};

	show_list(input, &list, out);
	fprintf(out, "\n%s peers", number_count(reply_field(input->now, FIELD_clients_peers)).text);
	fprintf(out,
		", %s of them unknown clients\n",
		number_count(reply_field(input->now, FIELD_clients_unknown)).text);
}

void
show_sources(const struct show_input *input, FILE *out)
{
	static const enum field columns[] = {
		FIELD_source_address,
		FIELD_source_work_percent,
		FIELD_source_work,
		FIELD_source_peers,
		FIELD_source_refused,
	};
	static const struct show_list list = {
		FIELD_sources_sources, OBJECT_source, columns, COUNT_OF(columns)};

	show_list(input, &list, out);
	fprintf(out,
		"\n%s units of work",
		number_count(reply_field(input->now, FIELD_sources_work)).text);
	fprintf(out,
		", %s requests over a limit\n",
		number_count(reply_field(input->now, FIELD_sources_limited)).text);
}
