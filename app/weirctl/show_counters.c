// SPDX-License-Identifier: BSD-3-Clause
// Verdicts, stages and latencies: tables of counters.

#include "../../lib/stats/stages.h"
#include "number.h"
#include "reply.h"
#include "show.h"

#include <string.h>

void
show_verdicts(const struct show_input *input, FILE *out)
{
	struct table *table = table_new();

	table_column(table, "verdict", TABLE_LEFT);
	table_column(table, "packets", TABLE_RIGHT);
	table_column(table, "per s", TABLE_RIGHT);
	table_column(table, "kind", TABLE_LEFT);
	table_column(table, "outcome", TABLE_LEFT);
	table_column(table, "what it is", TABLE_LEFT);
	for (unsigned v = VERDICT_NONE + 1; v < VERDICT_COUNT; v++) {
		const struct verdict_info *info = &verdict_infos[v];
		uint64_t packets = reply_number(input->now, info->name);

		if (packets == 0 && !input->all)
			continue;
		table_cell(table, info->name);
		table_cell(table, number_count(packets).text);
		field_rate_cell(table, info->name, input->now, input->before, input->seconds);
		table_cell(table, verdict_kind_names[info->kind]);
		table_cell(table, outcome_names[info->outcome]);
		table_cell(table, info->help);
	}
	table_print(table, out);
	table_free(table);
}

static struct stage_sum
stage_now(const json_t *reply, const char *stage)
{
	char cycles[64], items[64];

	snprintf(cycles, sizeof(cycles), "%s_cycles", stage);
	snprintf(items, sizeof(items), "%s_items", stage);
	return (struct stage_sum){reply_number(reply, cycles), reply_number(reply, items)};
}

static uint64_t
cycles_of_loop(const json_t *reply, enum stage_loop loop)
{
	uint64_t cycles = 0;

	for (unsigned s = 0; s < STAGE_COUNT; s++)
		if (stage_infos[s].loop == loop)
			cycles += stage_now(reply, stage_infos[s].name).cycles;
	return cycles;
}

static void
stage_row(struct table *table, const json_t *reply, const struct stage_info *info)
{
	struct stage_sum sum = stage_now(reply, info->name);
	uint64_t loop = cycles_of_loop(reply, info->loop);
	double each = sum.items == 0 ? 0 : (double)sum.cycles / (double)sum.items;
	double share = loop == 0 ? 0 : 100 * (double)sum.cycles / (double)loop;

	table_cell(table, info->name);
	table_cell(table, info->loop == STAGE_LOOP_IO ? "io" : "worker");
	table_cell(table, number_percent(share).text);
	table_cell(table, sum.items == 0 ? "" : number_rate(each).text);
	table_cell(table, number_count(sum.cycles).text);
	table_cell(table, number_count(sum.items).text);
	table_cell(table, info->items);
	table_cell(table, info->help);
}

void
show_stages(const struct show_input *input, FILE *out)
{
	struct table *table = table_new();
	uint64_t turns = reply_number(input->now, "stage_turns");

	table_column(table, "stage", TABLE_LEFT);
	table_column(table, "loop", TABLE_LEFT);
	table_column(table, "share", TABLE_RIGHT);
	table_column(table, "cycles/item", TABLE_RIGHT);
	table_column(table, "cycles", TABLE_RIGHT);
	table_column(table, "items", TABLE_RIGHT);
	table_column(table, "of", TABLE_LEFT);
	table_column(table, "what it is", TABLE_LEFT);
	for (unsigned s = 0; s < STAGE_COUNT; s++)
		stage_row(table, input->now, &stage_infos[s]);
	table_print(table, out);
	table_free(table);
	if (turns == 0)
		fputs("\nstages are not timed: stage_turns is 0 in the configuration\n", out);
	else
		fprintf(out, "\nof one turn in %s that found work\n", number_count(turns).text);
}

// 256 for "le_256_ns"; 0 where the name is not of a bucket.
static uint64_t
bucket_of(const char *name)
{
	unsigned long long limit;
	int end = 0;

	return sscanf(name, "le_%llu_ns%n", &limit, &end) == 1 && name[end] == '\0' ? limit : 0;
}

// Shows the histogram of one kind. Buckets of the reply are cumulative.
static void
show_buckets(const struct show_input *input, FILE *out)
{
	struct table *table = table_new();
	uint64_t count = reply_number(input->now, "count"), below = 0;
	const char *name;
	json_t *value;

	table_column(table, "up to", TABLE_RIGHT);
	table_column(table, "replies", TABLE_RIGHT);
	table_column(table, "share", TABLE_RIGHT);
	json_object_foreach ((json_t *)input->now, name, value) {
		uint64_t limit = bucket_of(name), now = reply_number(input->now, name);

		if (limit == 0)
			continue;
		now = now < below ? below : now; // cumulative
		table_cell(table, number_nanoseconds(limit).text);
		table_cell(table, number_count(now - below).text);
		table_cell(
			table,
			number_percent(count == 0 ? 0 : 100 * (double)(now - below) / (double)count)
				.text
		);
		below = now;
	}
	table_print(table, out);
	table_free(table);
	fprintf(out, "\n%s replies", number_count(count).text);
	fprintf(out, ", %s of them later\n", number_count(count < below ? 0 : count - below).text);
}

// Adds the cell of one statistic of a kind.
static void
time_cell(struct table *table, const json_t *reply, const char *kind, const char *what)
{
	char name[64];

	snprintf(name, sizeof(name), "%s_%s_ns", kind, what);
	table_cell(table, number_nanoseconds(reply_number(reply, name)).text);
}

static void
time_row(
	struct table *table,
	const struct show_input *input,
	const char *kind,
	const char *count_name
)
{
	static const char *const times[] = {"min", "p50", "p90", "p99", "p999", "max"};
	uint64_t count = reply_number(input->now, count_name);
	char sum_name[64];

	table_cell(table, kind);
	table_cell(table, number_count(count).text);
	field_rate_cell(table, count_name, input->now, input->before, input->seconds);
	for (unsigned i = 0; i < sizeof(times) / sizeof(*times); i++)
		if (count == 0)
			table_cell(table, "");
		else
			time_cell(table, input->now, kind, times[i]);
	snprintf(sum_name, sizeof(sum_name), "%s_sum_ns", kind);
	table_cell(
		table,
		count == 0 ? ""
			   : number_nanoseconds(reply_number(input->now, sum_name) / count).text
	);
}

static void
show_kinds(const struct show_input *input, FILE *out)
{
	static const char *const titles[] = {
		"replies", "per s", "min", "p50", "p90", "p99", "p99.9", "max", "mean"};
	static const char ending[] = "_count";
	struct table *table = table_new();
	const char *name;
	json_t *value;

	table_column(table, "kind", TABLE_LEFT);
	for (unsigned i = 0; i < sizeof(titles) / sizeof(*titles); i++)
		table_column(table, titles[i], TABLE_RIGHT);
	json_object_foreach ((json_t *)input->now, name, value) {
		const char *end = strstr(name, ending);
		char kind[32];

		if (end == NULL || end[strlen(ending)] != '\0')
			continue;
		snprintf(kind, sizeof(kind), "%.*s", (int)(end - name), name);
		time_row(table, input, kind, name);
	}
	table_print(table, out);
	table_free(table);
}

void
show_latency(const struct show_input *input, FILE *out)
{
	if (json_object_get(input->now, "count") != NULL)
		show_buckets(input, out);
	else
		show_kinds(input, out);
}
