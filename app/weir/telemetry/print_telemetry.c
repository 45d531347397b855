// SPDX-License-Identifier: BSD-3-Clause

#include "print_telemetry.h"

#include "../../../lib/stats/field.h"
#include "../../../lib/stats/latency.h"
#include "../../../lib/stats/stages.h"
#include "../../../lib/stats/telemetry_command.h"
#include "../../../lib/stats/verdict.h"
#include "../control/health.h"

static void
print_commands(FILE *out)
{
	fputs("## Commands\n\n| command | parameters | what it tells |\n|---|---|---|\n", out);
	for (unsigned c = TELEMETRY_COMMAND_NONE + 1; c < TELEMETRY_COMMAND_COUNT; c++) {
		const struct telemetry_command *command = &telemetry_commands[c];
		const char *quote = *command->parameters == '\0' ? "" : "`";

		fprintf(out, "| `%s` | %s", command->path, quote);
		for (const char *at = command->parameters; *at != '\0'; at++)
			fprintf(out, *at == '|' ? "\\%c" : "%c", *at); // not the end of a cell
		fprintf(out, "%s | %s |\n", quote, command->help);
	}
}

// The prefix of the names of an object's fields, for objects that a reply has several times.
static const char *
owner_of(enum field_object object)
{
	if (object == OBJECT_stage)
		return "STAGE_";
	return object == OBJECT_latency ? "KIND_" : "";
}

static void
print_object(FILE *out, enum field_object object)
{
	const struct field_object_info *info = &field_objects[object];

	fprintf(out, "\n### %s\n\n", info->title);
	if (*info->key != '\0')
		fprintf(out, "The name of a row is the %s.\n\n", info->key_help);
	fputs("| field | kind | unit | what it is |\n|---|---|---|---|\n", out);
	for (enum field f = info->first; f < info->end; f++)
		fprintf(out,
			"| `%s%s` | %s | %s | %s |\n",
			owner_of(object),
			field_infos[f].name,
			field_kind_names[field_infos[f].kind],
			field_infos[f].unit,
			field_infos[f].help);
}

static void
print_fields(FILE *out)
{
	fputs("\n## Fields\n", out);
	for (enum field_object object = OBJECT_NONE + 1; object < OBJECT_COUNT; object++)
		print_object(out, object);
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
	fputs("\n## Checks of /weir/health\n\n| name | clients | what is wrong where it is 1 "
	      "|\n|---|---|---|\n",
	      out);
	for (unsigned h = 0; h < HEALTH_COUNT; h++)
		fprintf(out,
			"| `%s` | %s | %s |\n",
			health_infos[h].name,
			health_infos[h].effect == HEALTH_STOPS ? "not served" : "served",
			health_infos[h].help);
}

void
print_telemetry(FILE *out)
{
	print_commands(out);
	print_fields(out);
	print_verdicts(out);
	print_stages(out);
	print_latency(out);
	print_health(out);
}
