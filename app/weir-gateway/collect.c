// SPDX-License-Identifier: BSD-3-Clause
// What comes of Weir's replies.

#include "collect.h"

#include "../../lib/stats/stages.h"

#include <stdio.h>
#include <string.h>

static const struct exposition_labels no_labels;

static uint64_t
number(const json_t *object, const char *name)
{
	return (uint64_t)json_integer_value(json_object_get(object, name));
}

static const char *
string(const json_t *object, const char *name)
{
	const char *text = json_string_value(json_object_get(object, name));

	return text == NULL ? "" : text;
}

static double
seconds(const struct collection *c, uint64_t cycles)
{
	uint64_t hz = number(c->weir->info, "tsc_hz");

	return hz == 0 ? 0 : (double)cycles / (double)hz;
}

// --- One number -------------------------------------------------------------------------------

void
collect_info(struct collection *c, const struct metric *metric)
{
	(void)metric;
	if (c->weir->info == NULL)
		return;
	exposition_integer(
		&c->text,
		"",
		COLLECT_LABELS(
			{"version", string(c->weir->info, "version")},
			{"dpdk", string(c->weir->info, "dpdk")},
			{"driver", string(c->weir->info, "driver")}
		),
		1
	);
}

static void
write_flat(struct collection *c, const json_t *object, const char *field)
{
	if (json_object_get(object, field) != NULL)
		exposition_integer(&c->text, "", &no_labels, number(object, field));
}

void
collect_start(struct collection *c, const struct metric *metric)
{
	(void)metric;
	write_flat(c, c->weir->info, "start_s");
}

void
collect_stat(struct collection *c, const struct metric *metric)
{
	write_flat(c, c->weir->stats, metric->field);
}

void
collect_memory(struct collection *c, const struct metric *metric)
{
	write_flat(c, c->weir->memory, metric->field);
}

// --- Tables of ours ---------------------------------------------------------------------------

void
collect_verdicts(struct collection *c, const struct metric *metric)
{
	(void)metric;
	for (enum family f = 0; f < FAMILY_COUNT; f++)
		for (enum verdict v = VERDICT_NONE + 1;
		     c->weir->verdicts.families[f] != NULL && v < VERDICT_COUNT;
		     v++)
			exposition_integer(
				&c->text,
				"",
				COLLECT_LABELS(
					{"family", family_names[f]},
					{"kind", verdict_kind_names[verdict_infos[v].kind]},
					{"verdict", verdict_infos[v].name},
					{"outcome", outcome_names[verdict_infos[v].outcome]}
				),
				verdicts_count(&c->weir->verdicts, f, v)
			);
}

void
collect_peers(struct collection *c, const struct metric *metric)
{
	static const char *const roles[] = {"seeder", "leecher"};

	(void)metric;
	for (enum family f = FAMILY_IPV4; c->weir->stats != NULL && f <= FAMILY_IPV6; f++) {
		for (unsigned r = 0; r < RTE_DIM(roles); r++) {
			char name[32];

			snprintf(name, sizeof(name), "%ss_%s", roles[r], family_names[f]);
			exposition_integer(
				&c->text,
				"",
				COLLECT_LABELS({"family", family_names[f]}, {"role", roles[r]}),
				number(c->weir->stats, name)
			);
		}
	}
}

static void
write_stage(struct collection *c, enum stage s, const char *field, bool time)
{
	static const char *const loops[] = {[STAGE_LOOP_IO] = "io", [STAGE_LOOP_WORKER] = "worker"};
	const struct exposition_labels *labels = COLLECT_LABELS(
		{"loop", loops[stage_infos[s].loop]}, {"stage", stage_infos[s].name}
	);
	char name[64];

	snprintf(name, sizeof(name), "%s_%s", stage_infos[s].name, field);
	uint64_t value = number(c->weir->stages, name);

	if (time)
		exposition_real(&c->text, "", labels, seconds(c, value));
	else
		exposition_integer(&c->text, "", labels, value);
}

void
collect_stage(struct collection *c, const struct metric *metric)
{
	for (enum stage s = 0; c->weir->stages != NULL && s < STAGE_COUNT; s++)
		write_stage(c, s, metric->field, false);
}

void
collect_stage_time(struct collection *c, const struct metric *metric)
{
	for (enum stage s = 0; c->weir->stages != NULL && c->weir->info != NULL && s < STAGE_COUNT;
	     s++)
		write_stage(c, s, metric->field, true);
}

void
collect_health(struct collection *c, const struct metric *metric)
{
	static const char *const checks[] = {
#define HEALTH(name, help) #name,
#include "../../lib/stats/health.def"
#undef HEALTH
	};

	(void)metric;
	for (unsigned i = 0; c->weir->health != NULL && i < RTE_DIM(checks); i++)
		exposition_integer(
			&c->text,
			"",
			COLLECT_LABELS({"check", checks[i]}),
			number(c->weir->health, checks[i])
		);
}

static void
write_latency(struct collection *c, const char *kind, const json_t *latency)
{
	enum { FIRST_POWER = 8, LAST_POWER = 24 };
	uint64_t count = number(latency, "count");

	for (unsigned power = FIRST_POWER; power <= LAST_POWER; power++) {
		char name[32], bound[32];

		snprintf(name, sizeof(name), "le_%lu_ns", UINT64_C(1) << power);
		snprintf(bound, sizeof(bound), "%.9g", (double)(UINT64_C(1) << power) / 1e9);
		exposition_integer(
			&c->text,
			"_bucket",
			COLLECT_LABELS({"kind", kind}, {"le", bound}),
			number(latency, name)
		);
	}
	exposition_integer(
		&c->text, "_bucket", COLLECT_LABELS({"kind", kind}, {"le", "+Inf"}), count
	);
	exposition_real(
		&c->text,
		"_sum",
		COLLECT_LABELS({"kind", kind}),
		(double)number(latency, "sum_ns") / 1e9
	);
	exposition_integer(&c->text, "_count", COLLECT_LABELS({"kind", kind}), count);
}

void
collect_latency(struct collection *c, const struct metric *metric)
{
	(void)metric;
	for (unsigned k = 0; k < SNAPSHOT_LATENCIES; k++)
		if (c->weir->latencies[k] != NULL)
			write_latency(c, snapshot_latency_kinds[k], c->weir->latencies[k]);
}

// --- Rows of Weir's -----------------------------------------------------------------------------

enum scale { AS_IS, MEGABITS, CYCLES };

enum { BYTES_IN_MEGABIT = 1000000 / 8 };

// One number of each row that has it: what Weir does not know of a port is no zero. Labels are the
// row's number, and a text of it unless `second` is NULL.
static void
write_rows(
	struct collection *c,
	const json_t *rows,
	const char *first,
	const char *second,
	const char *field,
	enum scale scale
)
{
	const char *id;
	json_t *row;

	// Reading only: the library has no iteration over constants.
	json_object_foreach ((json_t *)rows, id, row) {
		const char *text = second == NULL ? NULL : string(row, second);
		const struct exposition_labels *labels =
			COLLECT_LABELS({first, id}, {second, text});
		uint64_t value = number(row, field);

		if (!json_is_integer(json_object_get(row, field)))
			continue;
		if (scale == CYCLES)
			exposition_real(&c->text, "", labels, seconds(c, value));
		else
			exposition_integer(
				&c->text,
				"",
				labels,
				scale == MEGABITS ? value * BYTES_IN_MEGABIT : value
			);
	}
}

void
collect_lcore(struct collection *c, const struct metric *metric)
{
	write_rows(c, c->weir->lcores, "lcore", "role", metric->field, AS_IS);
}

void
collect_lcore_time(struct collection *c, const struct metric *metric)
{
	if (c->weir->info != NULL) // which knows the clock rate
		write_rows(c, c->weir->lcores, "lcore", "role", metric->field, CYCLES);
}

void
collect_port(struct collection *c, const struct metric *metric)
{
	write_rows(c, c->weir->ports, "port", "name", metric->field, AS_IS);
}

void
collect_port_speed(struct collection *c, const struct metric *metric)
{
	write_rows(c, c->weir->ports, "port", "name", metric->field, MEGABITS);
}

void
collect_shard(struct collection *c, const struct metric *metric)
{
	write_rows(c, c->weir->shards, "shard", NULL, metric->field, AS_IS);
}

static void
write_client(struct collection *c, const char *client, uint64_t peers)
{
	exposition_integer(&c->text, "", COLLECT_LABELS({"client", client}), peers);
}

void
collect_clients(struct collection *c, const struct metric *metric)
{
	const char *id;
	json_t *row;

	(void)metric;
	json_object_foreach (json_object_get(c->weir->clients, "clients"), id, row)
		write_client(c, string(row, "client"), number(row, "peers"));
	if (c->weir->clients != NULL)
		write_client(c, "unknown", number(c->weir->clients, "unknown"));
}

// --- Questions ----------------------------------------------------------------------------------

static const struct exposition_labels *
command_label(const char *command, struct exposition_labels *labels)
{
	*labels = (struct exposition_labels){{{"command", command}}};
	return labels;
}

void
collect_question_success(struct collection *c, const struct metric *metric)
{
	struct exposition_labels labels;
	const char *command;

	(void)metric;
	for (unsigned i = 0; (command = snapshot_command(i)) != NULL; i++) {
		struct reply_state state = replies_state(c->weir->replies, command);

		if (state.asked)
			exposition_integer(
				&c->text, "", command_label(command, &labels), state.good
			);
	}
}

void
collect_question_age(struct collection *c, const struct metric *metric)
{
	struct exposition_labels labels;
	const char *command;

	(void)metric;
	for (unsigned i = 0; (command = snapshot_command(i)) != NULL; i++) {
		struct reply_state state = replies_state(c->weir->replies, command);

		if (state.known)
			exposition_real(
				&c->text,
				"",
				command_label(command, &labels),
				(double)state.age_ms / 1e3
			);
	}
}
