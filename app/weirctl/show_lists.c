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
	static const struct field fields[] = {
		{"lcore", FIELD_PLAIN, "lcore"},
		{"cpu", FIELD_PLAIN, "cpu"},
		{"role", FIELD_TEXT, "role"},
		{"busy_percent", FIELD_PERCENT, "busy"},
		{"cycles_per_packet", FIELD_COUNT, "cycles/packet"},
		{"packets", FIELD_COUNTER, "packets"},
		{"turns", FIELD_COUNTER, "turns"},
		{"turns_empty", FIELD_COUNTER, "empty turns"},
		{"ring_waiting", FIELD_COUNT, "queued"},
		{"ring_room", FIELD_COUNT, "of"},
		{"ring_fill_percent", FIELD_PERCENT, "fullest ring"},
	};

	show_list(input, NULL, fields, COUNT_OF(fields), out);
}

void
show_shards(const struct show_input *input, FILE *out)
{
	static const struct field fields[] = {
		{"shard", FIELD_PLAIN, "shard"},
		{"lcore", FIELD_PLAIN, "lcore"},
		{"torrents", FIELD_COUNT, "torrents"},
		{"torrents_max", FIELD_COUNT, "of"},
		{"peers", FIELD_COUNT, "peers"},
		{"peers_max", FIELD_COUNT, "of"},
		{"seeders_ipv4", FIELD_COUNT, "seeders 4"},
		{"leechers_ipv4", FIELD_COUNT, "leechers 4"},
		{"seeders_ipv6", FIELD_COUNT, "seeders 6"},
		{"leechers_ipv6", FIELD_COUNT, "leechers 6"},
		{"completed", FIELD_COUNTER, "completed"},
		{"peers_expired", FIELD_COUNTER, "peers expired"},
		{"torrents_expired", FIELD_COUNTER, "torrents expired"},
		{"lines", FIELD_COUNT, "lines"},
		{"lines_max", FIELD_COUNT, "of"},
		{"records", FIELD_COUNT, "records"},
		{"records_max", FIELD_COUNT, "of"},
	};

	show_list(input, NULL, fields, COUNT_OF(fields), out);
}

// One table for each port: there are many numbers and few ports.
void
show_ports(const struct show_input *input, FILE *out)
{
	static const struct field fields[] = {
		{"port", FIELD_PLAIN, .help = "DPDK's number"},
		{"name", FIELD_TEXT, .help = "device"},
		{"driver", FIELD_TEXT, .help = "what drives it"},
		{"mac", FIELD_TEXT, .help = "its station"},
		{"addresses", FIELD_TEXT, .help = "its own, as configured"},
		{"addresses_used", FIELD_TEXT, .help = "of those, where the tracker is reached"},
		{"link_up", FIELD_FLAG, .help = "whether it has a link"},
		{"link_mbps", FIELD_COUNT, .unit = "Mbit/s", .help = "speed of the link"},
		{"mtu", FIELD_COUNT, .unit = "bytes", .help = "longest IP packet it can send"},
		{"queues", FIELD_COUNT, .help = "pairs of queues"},
		{"rx_descriptors", FIELD_COUNT, .help = "of each receive queue"},
		{"tx_descriptors", FIELD_COUNT, .help = "of each transmit queue"},
		{"checksum_offload", FIELD_FLAG, .help = "whether it writes UDP checksums"},
		{"promiscuous", FIELD_FLAG, .help = "whether it takes in frames for others"},
		{"rx_packets", FIELD_COUNTER, .unit = "packets", .help = "received"},
		{"rx_bytes", FIELD_COUNTER, .unit = "bytes", .help = "received"},
		{"tx_packets", FIELD_COUNTER, .unit = "packets", .help = "sent"},
		{"tx_bytes", FIELD_COUNTER, .unit = "bytes", .help = "sent"},
		{"rx_missed",
		 FIELD_COUNTER,
		 .unit = "packets",
		 .help = "lost before we could take them; missing: not known"},
		{"rx_errors", FIELD_COUNTER, .unit = "packets", .help = "received, and broken"},
		{"rx_no_buffer", FIELD_COUNTER, .unit = "packets", .help = "no packet buffer"},
		{"tx_errors", FIELD_COUNTER, .unit = "packets", .help = "not sent"},
	};
	const json_t *port;
	size_t i;

	json_array_foreach ((json_t *)input->now, i, port) {
		const json_t *before = json_array_get(input->before, i);
		struct show_input one = {port, before, input->seconds, input->all, NULL, 0};

		fputs(i > 0 ? "\n" : "", out);
		show_object(&one, fields, COUNT_OF(fields), out);
	}
}

// Prints "100 of 12,345 torrents from 0 on; go on with: weirctl torrents 100". `name`: the command with
// its arguments before the offset.
static void
print_way_on(const struct show_input *input, const char *what, const char *name, FILE *out)
{
	uint64_t total = reply_number(input->now, "total");
	uint64_t offset = reply_number(input->now, "offset");
	uint64_t count = reply_number(input->now, "count");

	fprintf(out, "\n%s", number_count(count).text);
	fprintf(out, " of %s %s", number_count(total).text, what);
	fprintf(out, " from %s on", number_count(offset).text);
	if (count > 0 && offset + count < total) {
		fputs("; go on with: weirctl ", out);
		text_print(out, name);
		fprintf(out, " %" PRIu64, offset + count);
	}
	fputc('\n', out);
}

static const struct field torrent_fields[] = {
	{"info_hash", FIELD_TEXT, "info_hash"},
	{"seeders", FIELD_COUNT, "seeders"},
	{"leechers", FIELD_COUNT, "leechers"},
	{"completed", FIELD_COUNT, "completed"},
	{"peers", FIELD_COUNT, "peers"},
};

void
show_torrents(const struct show_input *input, FILE *out)
{
	show_list(input, "torrents", torrent_fields, COUNT_OF(torrent_fields), out);
	print_way_on(input, "torrents", "torrents", out);
}

void
show_largest(const struct show_input *input, FILE *out)
{
	show_list(input, "torrents", torrent_fields, COUNT_OF(torrent_fields), out);
}

static const struct field peer_fields[] = {
	{"peer_addr", FIELD_TEXT, "address"},
	{"seeder", FIELD_FLAG, "seeder"},
	{"peer_id.client", FIELD_TEXT, "client"},
	{"downloaded", FIELD_BYTES, "downloaded"},
	{"left", FIELD_BYTES, "left"},
	{"uploaded", FIELD_BYTES, "uploaded"},
	{"event", FIELD_TEXT, "event"},
	{"updated_milliseconds_ago", FIELD_MILLISECONDS, "ago"},
	{"peer_id.id", FIELD_TEXT, "peer id"},
};

void
show_peers(const struct show_input *input, FILE *out)
{
	char name[64];

	snprintf(name, sizeof(name), "peers %s", reply_text(input->now, "info_hash"));
	show_list(input, "peers", peer_fields, COUNT_OF(peer_fields), out);
	print_way_on(input, "peers", name, out);
}

// Prints counts of both address families together and of each.
static void
print_swarm(const json_t *torrent, FILE *out)
{
	static const char *const rows[] = {"seeders", "leechers", "completed"};
	static const char *const columns[] = {"", "_ipv4", "_ipv6"};
	struct table *table = table_new();
	char name[32];

	table_column(table, "swarm", TABLE_LEFT);
	table_column(table, "both", TABLE_RIGHT);
	table_column(table, "IPv4", TABLE_RIGHT);
	table_column(table, "IPv6", TABLE_RIGHT);
	for (unsigned r = 0; r < COUNT_OF(rows); r++) {
		table_cell(table, rows[r]);
		for (unsigned c = 0; c < COUNT_OF(columns); c++) {
			snprintf(name, sizeof(name), "%s%s", rows[r], columns[c]);
			table_cell(table, number_count(reply_number(torrent, name)).text);
		}
	}
	table_print(table, out);
	table_free(table);
}

void
show_torrent(const struct show_input *input, FILE *out)
{
	uint64_t peers = reply_number(input->now, "seeders") + reply_number(input->now, "leechers");
	size_t shown = json_array_size(json_object_get(input->now, "peers"));
	const char *hash = reply_text(input->now, "info_hash");

	fputs("info_hash: ", out);
	text_print(out, hash);
	fputs("\n\n", out);
	print_swarm(input->now, out);
	fputc('\n', out);
	show_list(input, "peers", peer_fields, COUNT_OF(peer_fields), out);
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
	static const struct field fields[] = {
		{"client", FIELD_TEXT, "client"},
		{"peers", FIELD_COUNT, "peers"},
	};

	show_list(input, "clients", fields, COUNT_OF(fields), out);
	fprintf(out, "\n%s peers", number_count(reply_number(input->now, "peers")).text);
	fprintf(out,
		", %s of them unknown clients\n",
		number_count(reply_number(input->now, "unknown")).text);
}
