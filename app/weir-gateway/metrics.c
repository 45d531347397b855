// SPDX-License-Identifier: BSD-3-Clause
// The tables of metrics, and their exposition.

#include "metrics.h"

#include "collect.h"

static const struct metric metrics[] = {
#define METRIC(name, type, unit, source, field, help)                                              \
	{{#name, EXPOSITION_##type, unit, help}, collect_##source, FIELD_##field, false, 0},
#define GATEWAY_METRIC(name, type, unit, source, field, help)                                      \
	{{#name, EXPOSITION_##type, unit, help},                                                   \
	 collect_##source,                                                                         \
	 FIELD_NONE,                                                                               \
	 true,                                                                                     \
	 offsetof(struct gateway_stats, field)},
#include "metrics.def"
#undef METRIC
#undef GATEWAY_METRIC
};

// Writes the metrics that are the value of one field.
static void
write_fields(struct collection *c)
{
	for (enum field field = FIELD_NONE + 1; field < FIELD_COUNT; field++) {
		if (*field_infos[field].metric == '\0')
			continue;
		c->field_family = collect_field_family(field);
		exposition_family(&c->text, &c->field_family);
		collect_field(c, field);
	}
}

static struct response
write_all(
	const struct snapshot *weir,
	const struct gateway_stats *stats,
	enum exposition_format format
)
{
	struct collection c = {.weir = weir, .gateway = stats};
	size_t size = 0;

	exposition_begin(&c.text, format);
	for (unsigned i = 0; i < RTE_DIM(metrics); i++) {
		if (weir == NULL && !metrics[i].gateway)
			continue;
		exposition_family(&c.text, &metrics[i].family);
		metrics[i].collect(&c, &metrics[i]);
	}
	if (weir != NULL)
		write_fields(&c);
	char *text = exposition_end(&c.text, &size);

	return response_text(exposition_content_type(format), text, size);
}

struct response
metrics_response(
	struct reply_cache *cache,
	const struct gateway_stats *stats,
	enum exposition_format format
)
{
	struct snapshot snapshot;

	if (!snapshot_take(&snapshot, cache))
		return metrics_response_unavailable(stats, format);
	struct response response = write_all(&snapshot, stats, format);

	snapshot_free(&snapshot);
	return response;
}

struct response
metrics_response_unavailable(const struct gateway_stats *stats, enum exposition_format format)
{
	return write_all(NULL, stats, format);
}
