// SPDX-License-Identifier: BSD-3-Clause
// The table as data, and the text that comes of it.

#include "metrics.h"

#include "collect.h"

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
write_all(const struct snapshot *weir, const struct own *own, enum exposition_format format)
{
	struct collection c = {.weir = weir, .own = own};
	size_t size = 0;

	exposition_begin(&c.text, format);
	for (unsigned i = 0; i < RTE_DIM(metrics); i++) {
		if (weir == NULL && !metrics[i].own)
			continue;
		exposition_family(&c.text, &metrics[i].family);
		metrics[i].collect(&c, &metrics[i]);
	}
	char *text = exposition_end(&c.text, &size);

	return answer_text(exposition_content_type(format), text, size);
}

struct answer
answer_metrics(struct replies *replies, const struct own *own, enum exposition_format format)
{
	struct snapshot snapshot;

	if (!snapshot_take(&snapshot, replies))
		return answer_metrics_away(own, format);
	struct answer answer = write_all(&snapshot, own, format);

	snapshot_free(&snapshot);
	return answer;
}

struct answer
answer_metrics_away(const struct own *own, enum exposition_format format)
{
	return write_all(NULL, own, format);
}
