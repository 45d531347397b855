// SPDX-License-Identifier: BSD-3-Clause
// Sources that are one object of a reply.

#include "collect.h"

#include "../../lib/stats/stages.h"
#include "../telemetry_client/reply.h"

#include <stdio.h>
#include <string.h>

static const struct exposition_labels no_labels;

double
collect_seconds(const struct collection *c, uint64_t cycles)
{
	uint64_t hz = reply_number(c->weir->info, "tsc_hz");

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
			{"version", reply_text(c->weir->info, "version")},
			{"dpdk", reply_text(c->weir->info, "dpdk")},
			{"driver", reply_text(c->weir->info, "driver")}
		),
		1
	);
}

static void
write_flat(struct collection *c, const json_t *object, const char *field)
{
	if (json_object_get(object, field) != NULL)
		exposition_integer(&c->text, "", &no_labels, reply_number(object, field));
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

// --- Tables of the counters ---------------------------------------------------------------------------

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
				reply_number(c->weir->stats, name)
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
	uint64_t value = reply_number(c->weir->stages, name);

	if (time)
		exposition_real(&c->text, "", labels, collect_seconds(c, value));
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
			reply_number(c->weir->health, checks[i])
		);
}

static void
write_latency(struct collection *c, const char *kind, const json_t *latency)
{
	enum { FIRST_POWER = 8, LAST_POWER = 24 };
	uint64_t count = reply_number(latency, "count");

	for (unsigned power = FIRST_POWER; power <= LAST_POWER; power++) {
		char name[32], bound[32];

		snprintf(name, sizeof(name), "le_%lu_ns", UINT64_C(1) << power);
		snprintf(bound, sizeof(bound), "%.9g", (double)(UINT64_C(1) << power) / 1e9);
		exposition_integer(
			&c->text,
			"_bucket",
			COLLECT_LABELS({"kind", kind}, {"le", bound}),
			reply_number(latency, name)
		);
	}
	exposition_integer(
		&c->text, "_bucket", COLLECT_LABELS({"kind", kind}, {"le", "+Inf"}), count
	);
	exposition_real(
		&c->text,
		"_sum",
		COLLECT_LABELS({"kind", kind}),
		(double)reply_number(latency, "sum_ns") / 1e9
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
