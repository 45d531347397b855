// SPDX-License-Identifier: BSD-3-Clause
// The reference of all that telemetry tells, from the tables it is made of.

#include "../../../lib/stats/latency.h"
#include "../../../lib/stats/stages.h"
#include "../../../lib/stats/stats.h"
#include "../control/health.h"
#include "telemetry.h"

static void
print_commands(FILE *out)
{
	static const struct {
		const char *name, *parameters, *help;
	} rows[] = {
#define COMMAND(name, parameters, help) {#name, parameters, help},
#include "telemetry.def"
#undef COMMAND
	};

	fputs("## Commands\n\n| command | parameters | what it tells |\n|---|---|---|\n", out);
	for (unsigned i = 0; i < RTE_DIM(rows); i++) {
		const char *quote = *rows[i].parameters == '\0' ? "" : "`";

		fprintf(out, "| `/weir/%s` | %s", rows[i].name, quote);
		for (const char *at = rows[i].parameters; *at != '\0'; at++)
			fprintf(out, *at == '|' ? "\\%c" : "%c", *at); // not the end of a cell
		fprintf(out, "%s | %s |\n", quote, rows[i].help);
	}
}

static void
print_stats(FILE *out)
{
	fputs("\n## Numbers of /weir/stats\n\n| name | kind | unit | what it is "
	      "|\n|---|---|---|---|\n",
	      out);
	for (unsigned s = 0; s < STAT_COUNT; s++)
		fprintf(out,
			"| `%s` | %s | %s | %s |\n",
			stat_infos[s].name,
			stat_infos[s].kind == STAT_KIND_COUNTER ? "counter" : "gauge",
			stat_infos[s].unit,
			stat_infos[s].help);
}

static void
print_verdicts(FILE *out)
{
	fputs("\n## Verdicts\n\n| name | kind of packet | outcome | what happened "
	      "|\n|---|---|---|---|\n",
	      out);
	for (unsigned v = VERDICT_NONE + 1; v < VERDICT_COUNT; v++)
		fprintf(out,
			"| `%s` | %s | %s | %s |\n",
			verdict_infos[v].name,
			verdict_kind_names[verdict_infos[v].kind],
			outcome_names[verdict_infos[v].outcome],
			verdict_infos[v].help);
}

static void
print_stages(FILE *out)
{
	fputs("\n## Stages\n\n| name | loop | items | what is done |\n|---|---|---|---|\n", out);
	for (unsigned s = 0; s < STAGE_COUNT; s++)
		fprintf(out,
			"| `%s` | %s | %s | %s |\n",
			stage_infos[s].name,
			stage_infos[s].loop == STAGE_LOOP_IO ? "io" : "worker",
			stage_infos[s].items,
			stage_infos[s].help);
}

static void
print_latency(FILE *out)
{
	fputs("\n## Kinds of latencies\n\n| name | of what |\n|---|---|\n", out);
	for (unsigned k = 0; k < LATENCY_COUNT; k++)
		fprintf(out, "| `%s` | %s |\n", latency_infos[k].name, latency_infos[k].help);
}

static void
print_health(FILE *out)
{
	fputs("\n## Checks of /weir/health\n\n| name | what is wrong where it is 1 |\n|---|---|\n",
	      out);
	for (unsigned h = 0; h < HEALTH_COUNT; h++)
		fprintf(out, "| `%s` | %s |\n", health_infos[h].name, health_infos[h].help);
}

void
telemetry_print(FILE *out)
{
	print_commands(out);
	print_stats(out);
	print_verdicts(out);
	print_stages(out);
	print_latency(out);
	print_health(out);
}
