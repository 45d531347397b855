// SPDX-License-Identifier: BSD-3-Clause
// Verdicts, stages and latencies: tables of counters.

#include "../../lib/stats/latency.h"
#include "../../lib/stats/stages.h"
#include "number.h"
#include "reply.h"
#include "show.h"

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
		cell_add_rate(table, info->name, input->now, input->before, input->seconds);
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
	return (struct stage_sum){
		reply_number(reply, field_name_of(FIELD_stage_cycles, stage).text),
		reply_number(reply, field_name_of(FIELD_stage_items, stage).text),
	};
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
	uint64_t turns = reply_field(input->now, FIELD_stages_stage_turns);

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

// Shows the histogram of one kind. Buckets of the reply are cumulative.
static void
show_buckets(const struct show_input *input, FILE *out)
{
	struct table *table = table_new();
	uint64_t count = reply_field(input->now, FIELD_histogram_count), below = 0;

	table_column(table, "up to", TABLE_RIGHT);
	table_column(table, "replies", TABLE_RIGHT);
	table_column(table, "share", TABLE_RIGHT);
	for (unsigned bits = FIELD_BUCKET_FIRST_BITS; bits <= FIELD_BUCKET_LAST_BITS; bits++) {
		uint64_t limit = UINT64_C(1) << bits;
		uint64_t now = reply_number(input->now, field_name_of_bucket(limit).text);

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

static const enum field latency_times[] = {
	FIELD_latency_min_ns,
	FIELD_latency_p50_ns,
	FIELD_latency_p90_ns,
	FIELD_latency_p99_ns,
	FIELD_latency_p999_ns,
	FIELD_latency_max_ns,
};

static void
kind_row(struct table *table, const struct show_input *input, const char *kind)
{
	struct field_name count_name = field_name_of(FIELD_latency_count, kind);
	struct field_name sum_name = field_name_of(FIELD_latency_sum_ns, kind);
	uint64_t count = reply_number(input->now, count_name.text);
	uint64_t sum = reply_number(input->now, sum_name.text);

	table_cell(table, kind);
	table_cell(table, number_count(count).text);
	cell_add_rate(table, count_name.text, input->now, input->before, input->seconds);
	for (unsigned i = 0; i < RTE_DIM(latency_times); i++) {
		struct field_name name = field_name_of(latency_times[i], kind);
		uint64_t ns = reply_number(input->now, name.text);

		table_cell(table, count == 0 ? "" : number_nanoseconds(ns).text);
	}
	table_cell(table, count == 0 ? "" : number_nanoseconds(sum / count).text);
}

static void
show_kinds(const struct show_input *input, FILE *out)
{
	struct table *table = table_new();

	table_column(table, "kind", TABLE_LEFT);
	cell_columns(table, &field_infos[FIELD_latency_count]);
	for (unsigned i = 0; i < RTE_DIM(latency_times); i++)
		cell_columns(table, &field_infos[latency_times[i]]);
	table_column(table, "mean", TABLE_RIGHT);
	for (unsigned k = 0; k < LATENCY_COUNT; k++)
		kind_row(table, input, latency_infos[k].name);
	table_print(table, out);
	table_free(table);
}

void
show_latency(const struct show_input *input, FILE *out)
{
	if (reply_field_value(input->now, FIELD_histogram_count) != NULL)
		show_buckets(input, out);
	else
		show_kinds(input, out);
}
