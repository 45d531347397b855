// SPDX-License-Identifier: BSD-3-Clause
// The table as data, and a function for each source of numbers.

#include "metrics.h"

#include "../../lib/stats/stages.h"
#include "exposition.h"
#include "snapshot.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

// What the functions below write from, and where.
struct collection {
	struct exposition text;
	const struct snapshot *weir; // NULL: away
	const struct own *own;
};

struct metric {
	struct exposition_family family;
	void (*collect)(struct collection *c, const struct metric *metric);
	const char *field; // of Weir's reply
	bool own;
	size_t offset; // of the field in struct own
};

#define LABELS(...) (&(const struct exposition_labels){{__VA_ARGS__}})

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

static void
collect_info(struct collection *c, const struct metric *metric)
{
	(void)metric;
	exposition_integer(
		&c->text,
		"",
		LABELS({"version", string(c->weir->info, "version")},
		       {"dpdk", string(c->weir->info, "dpdk")},
		       {"driver", string(c->weir->info, "driver")}),
		1
	);
}

static void
write_flat(struct collection *c, const json_t *object, const char *field)
{
	if (json_object_get(object, field) != NULL)
		exposition_integer(&c->text, "", &no_labels, number(object, field));
}

static void
collect_start(struct collection *c, const struct metric *metric)
{
	(void)metric;
	write_flat(c, c->weir->info, "start_s");
}

static void
collect_stat(struct collection *c, const struct metric *metric)
{
	write_flat(c, c->weir->stats, metric->field);
}

static void
collect_memory(struct collection *c, const struct metric *metric)
{
	write_flat(c, c->weir->memory, metric->field);
}

// --- Tables of ours ---------------------------------------------------------------------------

static void
collect_verdicts(struct collection *c, const struct metric *metric)
{
	(void)metric;
	for (enum family f = 0; f < FAMILY_COUNT; f++)
		for (enum verdict v = VERDICT_NONE + 1; v < VERDICT_COUNT; v++)
			exposition_integer(
				&c->text,
				"",
				LABELS({"family", family_names[f]},
				       {"kind", verdict_kind_names[verdict_infos[v].kind]},
				       {"verdict", verdict_infos[v].name},
				       {"outcome", outcome_names[verdict_infos[v].outcome]}),
				verdicts_count(&c->weir->verdicts, f, v)
			);
}

static void
collect_peers(struct collection *c, const struct metric *metric)
{
	static const char *const roles[] = {"seeder", "leecher"};

	(void)metric;
	for (enum family f = FAMILY_IPV4; f <= FAMILY_IPV6; f++) {
		for (unsigned r = 0; r < RTE_DIM(roles); r++) {
			char name[32];

			snprintf(name, sizeof(name), "%ss_%s", roles[r], family_names[f]);
			exposition_integer(
				&c->text,
				"",
				LABELS({"family", family_names[f]}, {"role", roles[r]}),
				number(c->weir->stats, name)
			);
		}
	}
}

static void
write_stage(struct collection *c, enum stage s, const char *field, bool time)
{
	static const char *const loops[] = {[STAGE_LOOP_IO] = "io", [STAGE_LOOP_WORKER] = "worker"};
	const struct exposition_labels *labels =
		LABELS({"loop", loops[stage_infos[s].loop]}, {"stage", stage_infos[s].name});
	char name[64];

	snprintf(name, sizeof(name), "%s_%s", stage_infos[s].name, field);
	uint64_t value = number(c->weir->stages, name);

	if (time)
		exposition_real(&c->text, "", labels, seconds(c, value));
	else
		exposition_integer(&c->text, "", labels, value);
}

static void
collect_stage(struct collection *c, const struct metric *metric)
{
	for (enum stage s = 0; c->weir->stages != NULL && s < STAGE_COUNT; s++)
		write_stage(c, s, metric->field, false);
}

static void
collect_stage_time(struct collection *c, const struct metric *metric)
{
	for (enum stage s = 0; c->weir->stages != NULL && s < STAGE_COUNT; s++)
		write_stage(c, s, metric->field, true);
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
			LABELS({"kind", kind}, {"le", bound}),
			number(latency, name)
		);
	}
	exposition_integer(&c->text, "_bucket", LABELS({"kind", kind}, {"le", "+Inf"}), count);
	exposition_real(
		&c->text, "_sum", LABELS({"kind", kind}), (double)number(latency, "sum_ns") / 1e9
	);
	exposition_integer(&c->text, "_count", LABELS({"kind", kind}), count);
}

static void
collect_latency(struct collection *c, const struct metric *metric)
{
	(void)metric;
	for (unsigned k = 0; k < SNAPSHOT_LATENCIES; k++)
		if (c->weir->latencies[k] != NULL)
			write_latency(c, snapshot_latency_kinds[k], c->weir->latencies[k]);
}

// --- Rows of Weir's -----------------------------------------------------------------------------

static void
collect_lcore(struct collection *c, const struct metric *metric)
{
	const char *id;
	json_t *row;

	json_object_foreach(c->weir->lcores, id, row) exposition_integer(
		&c->text,
		"",
		LABELS({"lcore", id}, {"role", string(row, "role")}),
		number(row, metric->field)
	);
}

static void
collect_lcore_time(struct collection *c, const struct metric *metric)
{
	const char *id;
	json_t *row;

	json_object_foreach(c->weir->lcores, id, row) exposition_real(
		&c->text,
		"",
		LABELS({"lcore", id}, {"role", string(row, "role")}),
		seconds(c, number(row, metric->field))
	);
}

static void
write_ports(struct collection *c, const char *field, uint64_t factor)
{
	const char *id;
	json_t *row;

	json_object_foreach(c->weir->ports, id, row) exposition_integer(
		&c->text,
		"",
		LABELS({"port", id}, {"name", string(row, "name")}),
		number(row, field) * factor
	);
}

static void
collect_port(struct collection *c, const struct metric *metric)
{
	write_ports(c, metric->field, 1);
}

static void
collect_port_speed(struct collection *c, const struct metric *metric)
{
	write_ports(c, metric->field, 1000000);
}

static void
collect_shard(struct collection *c, const struct metric *metric)
{
	const char *id;
	json_t *row;

	json_object_foreach(c->weir->shards, id, row)
		exposition_integer(&c->text, "", LABELS({"shard", id}), number(row, metric->field));
}

static void
collect_clients(struct collection *c, const struct metric *metric)
{
	const char *id;
	json_t *row;

	(void)metric;
	json_object_foreach(json_object_get(c->weir->clients, "clients"), id, row)
		exposition_integer(
			&c->text,
			"",
			LABELS({"client", string(row, "client")}),
			number(row, "peers")
		);
	if (c->weir->clients != NULL)
		exposition_integer(
			&c->text,
			"",
			LABELS({"client", "unknown"}),
			number(c->weir->clients, "unknown")
		);
}

// The checks are all that is 0 or 1 there and neither a number nor a word.
static void
collect_health(struct collection *c, const struct metric *metric)
{
	const char *name;
	json_t *value;

	(void)metric;
	json_object_foreach(c->weir->health, name, value)
	{
		if (json_is_integer(value) && strcmp(name, "uptime_s") != 0
		    && strcmp(name, "problems") != 0)
			exposition_integer(
				&c->text,
				"",
				LABELS({"check", name}),
				(uint64_t)json_integer_value(value)
			);
	}
}

// --- The gateway's own ----------------------------------------------------------------------------

static void
collect_up(struct collection *c, const struct metric *metric)
{
	(void)metric;
	exposition_integer(&c->text, "", &no_labels, c->weir != NULL);
}

static uint64_t
own_number(const struct collection *c, const struct metric *metric)
{
	return stats_read((const uint64_t *)((const char *)c->own + metric->offset));
}

static void
collect_own(struct collection *c, const struct metric *metric)
{
	exposition_integer(&c->text, "", &no_labels, own_number(c, metric));
}

static void
collect_own_time(struct collection *c, const struct metric *metric)
{
	exposition_real(&c->text, "", &no_labels, (double)own_number(c, metric) / 1e6);
}

static void
collect_requests(struct collection *c, const struct metric *metric)
{
	(void)metric;
	for (unsigned code = 0; code < OWN_CODES; code++) {
		uint64_t count = stats_read(&c->own->requests[code]);
		char text[16];

		snprintf(text, sizeof(text), "%u", code);
		if (count > 0)
			exposition_integer(&c->text, "", LABELS({"code", text}), count);
	}
}

static const struct metric metrics[] = {
#define METRIC(name, type, unit, source, field, help)                                              \
	{{#name, EXPOSITION_##type, unit, help}, collect_##source, field, false, 0},
#define OWN_METRIC(name, type, unit, source, field, help)                                          \
	{{#name, EXPOSITION_##type, unit, help},                                                   \
	 collect_##source,                                                                         \
	 #field,                                                                                   \
	 true,                                                                                     \
	 offsetof(struct own, field)},
#include "metrics.def"
#undef METRIC
#undef OWN_METRIC
};

static struct answer
write_all(const struct snapshot *weir, const struct own *own, bool open_metrics)
{
	struct collection c = {.weir = weir, .own = own};
	size_t size = 0;

	exposition_begin(&c.text, open_metrics);
	for (unsigned i = 0; i < RTE_DIM(metrics); i++) {
		if (weir == NULL && !metrics[i].own)
			continue;
		exposition_family(&c.text, &metrics[i].family);
		metrics[i].collect(&c, &metrics[i]);
	}
	char *text = exposition_end(&c.text, &size);

	return answer_text(exposition_content_type(open_metrics), text, size);
}

struct answer
answer_metrics(struct replies *replies, const struct own *own, bool open_metrics)
{
	struct snapshot snapshot;

	if (!snapshot_take(&snapshot, replies))
		return answer_metrics_away(own, open_metrics);
	struct answer answer = write_all(&snapshot, own, open_metrics);

	snapshot_free(&snapshot);
	return answer;
}

struct answer
answer_metrics_away(const struct own *own, bool open_metrics)
{
	return write_all(NULL, own, open_metrics);
}
