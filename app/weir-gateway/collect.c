// SPDX-License-Identifier: BSD-3-Clause
// Metrics whose samples come from several fields of a reply.

#include "collect.h"

#include "../../lib/stats/latency.h"
#include "../../lib/stats/stages.h"
#include "../telemetry_client/reply.h"

#include <stdio.h>

enum { SOURCES_MAX = 10 };

double
collect_seconds(const struct collection *c, uint64_t cycles)
{
	uint64_t hz = reply_field(c->weir->info, FIELD_info_tsc_hz);

	return hz == 0 ? 0 : (double)cycles / (double)hz;
}

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
			{"version", reply_field_text(c->weir->info, FIELD_info_version)},
			{"dpdk", reply_field_text(c->weir->info, FIELD_info_dpdk)},
			{"driver", reply_field_text(c->weir->info, FIELD_info_driver)}
		),
		1
	);
}

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
	static const struct {
		enum family family;
		const char *role;
		enum field field;
	} rows[] = {
		{FAMILY_IPV4, "seeder", FIELD_stats_seeders_ipv4},
		{FAMILY_IPV4, "leecher", FIELD_stats_leechers_ipv4},
		{FAMILY_IPV6, "seeder", FIELD_stats_seeders_ipv6},
		{FAMILY_IPV6, "leecher", FIELD_stats_leechers_ipv6},
	};

	(void)metric;
	for (unsigned i = 0; c->weir->stats != NULL && i < RTE_DIM(rows); i++)
		exposition_integer(
			&c->text,
			"",
			COLLECT_LABELS(
				{"family", family_names[rows[i].family]}, {"role", rows[i].role}
			),
			reply_field(c->weir->stats, rows[i].field)
		);
}

static void
write_stage(struct collection *c, enum stage s, enum field field, bool time)
{
	static const char *const loops[] = {[STAGE_LOOP_IO] = "io", [STAGE_LOOP_WORKER] = "worker"};
	const struct exposition_labels *labels = COLLECT_LABELS(
		{"loop", loops[stage_infos[s].loop]}, {"stage", stage_infos[s].name}
	);
	struct field_name name = field_name_of(field, stage_infos[s].name);
	uint64_t value = reply_number(c->weir->stages, name.text);

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
#define HEALTH(name, ...) #name,
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
	uint64_t count = reply_field(latency, FIELD_histogram_count);

	for (unsigned bits = FIELD_BUCKET_FIRST_BITS; bits <= FIELD_BUCKET_LAST_BITS; bits++) {
		uint64_t limit = UINT64_C(1) << bits;
		char bound[32];

		snprintf(bound, sizeof(bound), "%.9g", (double)limit / 1e9);
		exposition_integer(
			&c->text,
			"_bucket",
			COLLECT_LABELS({"kind", kind}, {"le", bound}),
			reply_number(latency, field_name_of_bucket(limit).text)
		);
	}
	exposition_integer(
		&c->text, "_bucket", COLLECT_LABELS({"kind", kind}, {"le", "+Inf"}), count
	);
	exposition_real(
		&c->text,
		"_sum",
		COLLECT_LABELS({"kind", kind}),
		(double)reply_field(latency, FIELD_histogram_sum_ns) / 1e9
	);
	exposition_integer(&c->text, "_count", COLLECT_LABELS({"kind", kind}), count);
}

void
collect_latency(struct collection *c, const struct metric *metric)
{
	(void)metric;
	for (unsigned k = 0; k < LATENCY_COUNT; k++)
		if (c->weir->latencies[k] != NULL)
			write_latency(c, latency_infos[k].name, c->weir->latencies[k]);
}

static void
write_client(struct collection *c, const char *client, uint64_t peers)
{
	exposition_integer(&c->text, "", COLLECT_LABELS({"client", client}), peers);
}

void
collect_clients(struct collection *c, const struct metric *metric)
{
	const json_t *reply = c->weir->clients;
	const char *id;
	json_t *row;

	(void)metric;
	json_object_foreach (reply_field_value(reply, FIELD_clients_clients), id, row)
		write_client(
			c,
			reply_field_text(row, FIELD_client_client),
			reply_field(row, FIELD_client_peers)
		);
	if (reply != NULL)
		write_client(c, "unknown", reply_field(reply, FIELD_clients_unknown));
}

// By rank, not by address: addresses come and go, and each would be a new time series.
void
collect_sources(struct collection *c, const struct metric *metric)
{
	const json_t *rows = reply_field_value(c->weir->sources, FIELD_sources_sources);
	char text[16];

	for (unsigned i = 0; c->weir->sources != NULL && i < SOURCES_MAX; i++) {
		snprintf(text, sizeof(text), "%u", i);
		const json_t *row = json_object_get(rows, text);

		snprintf(text, sizeof(text), "%u", i + 1);
		exposition_integer(
			&c->text,
			"",
			COLLECT_LABELS({"rank", text}),
			reply_field(row, metric->field)
		);
	}
}
