// SPDX-License-Identifier: BSD-3-Clause
// Replies that are one object: one row for each member.

#include "problems.h"
#include "reply.h"
#include "show.h"
#include "text.h"

void
show_info(const struct show_input *input, FILE *out)
{
	show_object(input, OBJECT_info, out);
}

void
show_stats(const struct show_input *input, FILE *out)
{
	show_object(input, OBJECT_stats, out);
}

void
show_memory(const struct show_input *input, FILE *out)
{
	show_object(input, OBJECT_memory, out);
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
		const struct field_info info = {.name = name, .kind = FIELD_KIND_NUMBER};

		table_cell(table, name);
		cell_add(table, &info, input->now, NULL, 0);
	}
	table_print(table, out);
	table_free(table);
}

void
show_export(const struct show_input *input, FILE *out)
{
	show_object(input, OBJECT_export, out);
}

void
show_snapshots(const struct show_input *input, FILE *out)
{
	show_object(input, OBJECT_snapshot, out);
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
	struct table *table = table_new();
	const char *name;
	json_t *value;

	fputs("status: ", out);
	text_print(out, reply_field_text(input->now, FIELD_health_status));
	fputs("\n\n", out);
	table_column(table, "check", TABLE_LEFT);
	table_column(table, "state", TABLE_LEFT);
	table_column(table, "what it is about", TABLE_LEFT);
	json_object_foreach ((json_t *)input->now, name, value) {
		if (field_find(OBJECT_health, name) != NULL)
			continue;
		table_cell(table, name);
		table_cell(table, health_state(value));
		table_cell(table, problem_help(name));
	}
	table_print(table, out);
	table_free(table);
}
