// SPDX-License-Identifier: BSD-3-Clause
// Replies that are one object: one row for each member.

#include "problems.h"
#include "reply.h"
#include "show.h"
#include "text.h"

#define COUNT_OF(array) (sizeof(array) / sizeof(*(array)))

void
show_info(const struct show_input *input, FILE *out)
{
	static const struct field fields[] = {
		{"version", FIELD_TEXT, .help = "of Weir"},
		{"dpdk", FIELD_TEXT, .help = "version of DPDK"},
		{"driver", FIELD_TEXT, .help = "DPDK's, of its ports"},
		{"udp_port", FIELD_PLAIN, .help = "where the tracker listens"},
		{"ports", FIELD_COUNT, .help = "ports of DPDK"},
		{"io_lcores", FIELD_COUNT, .help = "lcores that receive and send"},
		{"worker_lcores", FIELD_COUNT, .help = "lcores that keep torrents"},
		{"pid", FIELD_PLAIN, .help = "process id"},
		{"start_s", FIELD_MOMENT, .help = "when it was started"},
		{"uptime_s", FIELD_DURATION, .help = "since then"},
		{"tsc_hz", FIELD_COUNT, .unit = "cycles/s", .help = "what cycles are counted in"},
	};

	show_object(input, fields, COUNT_OF(fields), out);
}

void
show_stats(const struct show_input *input, FILE *out)
{
	static const struct field fields[] = {
#define STAT(name, kind, unit, metric, help) {#name, FIELD_##kind, NULL, unit, help},
#define FIELD_GAUGE FIELD_COUNT
#include "../../lib/stats/stats.def"
#undef FIELD_GAUGE
#undef STAT
	};

	show_object(input, fields, COUNT_OF(fields), out);
}

void
show_memory(const struct show_input *input, FILE *out)
{
	static const struct field fields[] = {
		{"mbufs", FIELD_COUNT, .help = "packet buffers there are"},
		{"mbufs_in_use", FIELD_COUNT, .help = "of those, now in queues, rings and caches"},
		{"heap_bytes", FIELD_BYTES, .help = "DPDK's heap"},
		{"heap_used_bytes", FIELD_BYTES, .help = "of that, given out"},
		{"torrents_bytes", FIELD_BYTES, .help = "tables of torrents"},
		{"peers_bytes", FIELD_BYTES, .help = "lines of peers and their index"},
		{"records_bytes", FIELD_BYTES, .help = "full records of peers"},
		{"hugepages", FIELD_FLAG, .help = "whether memory is huge pages"},
	};

	show_object(input, fields, COUNT_OF(fields), out);
}

void
show_config(const struct show_input *input, FILE *out)
{
	struct table *table = table_new();
	const char *name;
	json_t *value;

	table_column(table, "setting", TABLE_LEFT);
	table_column(table, "value", TABLE_LEFT);
	json_object_foreach ((json_t *)input->now, name, value) {
		const struct field field = {name, FIELD_PLAIN};

		table_cell(table, name);
		field_cells(table, &field, input->now, NULL, 0);
	}
	table_print(table, out);
	table_free(table);
}

void
show_export(const struct show_input *input, FILE *out)
{
	static const struct field fields[] = {
		{"file", FIELD_TEXT, .help = "where the scrape is written"},
		{"interval_s", FIELD_DURATION, .help = "how often"},
		{"runs", FIELD_COUNT, .help = "exports since the start, failed ones too"},
		{"failures",
		 FIELD_COUNT,
		 .help = "of these, those that failed: the older file stays"},
		{"last_s", FIELD_MOMENT, .help = "when the last was finished"},
		{"last_torrents", FIELD_COUNT, .help = "torrents in it"},
		{"last_ms", FIELD_MILLISECONDS, .help = "how long it took"},
	};

	show_object(input, fields, COUNT_OF(fields), out);
}

static const char *
health_state(const json_t *value)
{
	if (!json_is_integer(value))
		return "unknown";
	return json_integer_value(value) == 0 ? "ok" : "PROBLEM";
}

void
show_health(const struct show_input *input, FILE *out)
{
	static const struct field others[] = {{"status"}, {"uptime_s"}, {"problems"}};
	struct table *table = table_new();
	const char *name;
	json_t *value;

	fputs("status: ", out);
	text_print(out, reply_text(input->now, "status"));
	fputs("\n\n", out);
	table_column(table, "check", TABLE_LEFT);
	table_column(table, "state", TABLE_LEFT);
	table_column(table, "what it is about", TABLE_LEFT);
	json_object_foreach ((json_t *)input->now, name, value) {
		if (field_find(others, COUNT_OF(others), name) != NULL)
			continue;
		table_cell(table, name);
		table_cell(table, health_state(value));
		table_cell(table, problem_help(name));
	}
	table_print(table, out);
	table_free(table);
}
