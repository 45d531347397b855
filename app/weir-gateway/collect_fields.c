// SPDX-License-Identifier: BSD-3-Clause
// Metrics that have the value of one field: name, unit and help are in lib/stats/field.def.

#include "../telemetry_client/reply.h"
#include "collect.h"

#include <string.h>

enum { BYTES_IN_MEGABIT = 1000000 / 8 };

// Objects with such fields. Samples of rows are labelled with the key of the row and, unless `label` is
// FIELD_NONE, with one of its texts.
static const struct source {
	enum field_object object;
	size_t offset; // of the reply in struct snapshot
	enum field label;
} sources[] = {
	{OBJECT_info, offsetof(struct snapshot, info), FIELD_NONE},
	{OBJECT_stats, offsetof(struct snapshot, stats), FIELD_NONE},
	{OBJECT_lcore, offsetof(struct snapshot, lcores), FIELD_lcore_role},
	{OBJECT_shard, offsetof(struct snapshot, shards), FIELD_NONE},
	{OBJECT_port, offsetof(struct snapshot, ports), FIELD_port_name},
	{OBJECT_sources, offsetof(struct snapshot, sources), FIELD_NONE},
	{OBJECT_snapshot, offsetof(struct snapshot, saved), FIELD_NONE},
	{OBJECT_list, offsetof(struct snapshot, lists), FIELD_list_name},
	{OBJECT_memory, offsetof(struct snapshot, memory), FIELD_NONE},
};

static const struct source *
source_of(enum field_object object)
{
	for (unsigned s = 0; s < RTE_DIM(sources); s++)
		if (sources[s].object == object)
			return &sources[s];
	return NULL;
}

// Prometheus' unit for a unit of telemetry.
static const char *
base_unit(const char *unit)
{
	static const struct {
		const char *unit, *base;
	} rows[] = {
		{"cycles", "seconds"},
		{"s", "seconds"},
		{"Mbit/s", "bytes_per_second"},
	};

	for (unsigned i = 0; i < RTE_DIM(rows); i++)
		if (strcmp(rows[i].unit, unit) == 0)
			return rows[i].base;
	return unit;
}

// OpenMetrics wants the unit at the end of the name, before _total. "" where the name has none.
static const char *
unit_of(const struct field_info *info)
{
	const char *unit = base_unit(info->unit);
	size_t length = strlen(info->metric), unit_length = strlen(unit);

	if (info->kind == FIELD_KIND_COUNTER)
		length -= strlen("_total");
	if (length <= unit_length
	    || strncmp(info->metric + length - unit_length, unit, unit_length) != 0)
		return "";
	return unit;
}

struct exposition_family
collect_field_family(enum field field)
{
	const struct field_info *info = &field_infos[field];

	return (struct exposition_family){
		.name = info->metric,
		.type = info->kind == FIELD_KIND_COUNTER ? EXPOSITION_COUNTER : EXPOSITION_GAUGE,
		.unit = unit_of(info),
		.help = info->help,
	};
}

// Writes the sample of an object, unless it does not have the field: a counter that a port lacks is not 0.
static void
write_sample(
	struct collection *c,
	const json_t *object,
	enum field field,
	const struct exposition_labels *labels
)
{
	const char *unit = field_infos[field].unit;
	uint64_t value = reply_field(object, field);

	if (!json_is_integer(reply_field_value(object, field)))
		return;
	if (strcmp(unit, "cycles") == 0)
		exposition_real(&c->text, "", labels, collect_seconds(c, value));
	else
		exposition_integer(
			&c->text,
			"",
			labels,
			strcmp(unit, "Mbit/s") == 0 ? value * BYTES_IN_MEGABIT : value
		);
}

static void
write_rows(struct collection *c, const json_t *rows, enum field field, const struct source *source)
{
	const char *key = field_objects[source->object].key;
	const char *label = field_infos[source->label].name;
	const char *id;
	json_t *row;

	// jansson iterates over mutable objects alone; this one is not changed.
	json_object_foreach ((json_t *)rows, id, row) {
		const char *text = label == NULL ? NULL : reply_field_text(row, source->label);

		write_sample(c, row, field, COLLECT_LABELS({key, id}, {label, text}));
	}
}

void
collect_field(struct collection *c, enum field field)
{
	static const struct exposition_labels no_labels;
	const struct field_info *info = &field_infos[field];
	const struct source *source = source_of(info->object);
	const json_t *reply = *(json_t *const *)((const char *)c->weir + source->offset);

	if (strcmp(info->unit, "cycles") == 0 && c->weir->info == NULL)
		return; // the frequency of the cycle counter is unknown
	if (*field_objects[info->object].key == '\0')
		write_sample(c, reply, field, &no_labels);
	else
		write_rows(c, reply, field, source);
}
